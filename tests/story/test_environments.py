"""The files that a demo leaves for whoever wants to go on with it by hand."""

import os
import subprocess
from pathlib import Path

import pytest

from avrop.catalogue.yamltext import load_yaml
from avrop.demo.cast import acting_person, environment
from avrop.packs import load_pack


def test_a_sourced_file_names_installation_clock_and_person_also_in_an_odd_folder(tmp_path: Path) -> None:
    folder = tmp_path / "it's a demo"
    folder.mkdir()
    text = environment(folder / "avrop.toml", clock=folder / "clock.txt", person="operator@provider")
    (folder / "provider.env").write_text(text)
    done = subprocess.run(
        ["sh", "-c", '. "$1"; env', "sh", str(folder / "provider.env")], capture_output=True, text=True, check=True,
        env={name: value for name, value in os.environ.items() if not name.startswith("AVROP_")},
    )  # fmt: skip
    said = dict(line.split("=", 1) for line in done.stdout.splitlines() if line.startswith("AVROP_"))
    assert said == {
        "AVROP_CONFIG": str(folder / "avrop.toml"), "AVROP_DEMO": "1", "AVROP_CLOCK_FILE": str(folder / "clock.txt"),
        "AVROP_AS": "operator@provider",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("name", "who"),
    [("provider", "operator@"), ("receiver", "custodian@"), ("witness_03", "decider@"), ("commons", None)],
)
def test_each_installation_has_somebody_who_acts_there(name: str, who: str | None) -> None:
    parties = load_yaml(load_pack().parties, file="parties.yaml", code="parties.yaml")
    person = acting_person(parties, name)
    assert person is None if who is None else person is not None and person.startswith(who)
