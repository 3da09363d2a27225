"""Packs are found and loaded by name, and read the same whatever the machine's encoding is."""

import os
import subprocess
import sys

import pytest

from avrop.errors import Missing
from avrop.packs import load_pack, packs


def test_an_installed_pack_is_found_by_its_name() -> None:
    (only,) = packs()
    assert load_pack(only) == load_pack() == load_pack("")


@pytest.mark.parametrize("name", ["nowhere", "catalogue", "store", "packs", "../vigo"])
def test_what_is_no_pack_is_missing_and_the_packs_are_named(name: str) -> None:
    with pytest.raises(Missing) as no:
        load_pack(name)
    assert no.value.code == "pack.unknown"
    assert packs()[0] in str(no.value)


def test_a_pack_reads_the_same_in_a_locale_without_unicode() -> None:
    made = "from avrop.packs import load_pack; p = load_pack(); print(ascii((p.parties, p.policy, p.rule)))"
    environment = {**os.environ, "LC_ALL": "C", "PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0"}
    told = subprocess.run([sys.executable, "-c", made], env=environment, capture_output=True, text=True, check=False)
    assert told.returncode == 0, told.stderr
    pack = load_pack()
    assert told.stdout.strip() == ascii((pack.parties, pack.policy, pack.rule))
