"""Opening an installation: its clock, its points to die at, what it shows of itself and leaves for its owner alone."""

import os
import signal
import stat
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from avrop.configuration import from_environment
from avrop.errors import Fault, Mistake
from avrop.settings import Settings
from avrop.store import db, rows, tables
from avrop.system import open_system, sweep

CHILD = """
import sys
from pathlib import Path
from avrop.settings import Settings
from avrop.system import open_system
url, home = sys.argv[1], Path(sys.argv[2])
settings = Settings(name="p", organisation="p", home=home / "zone", keys_home=home / "keys", database_url=url, demo=True,
                    fault_point="extracts.before-rename", fault_trace=home / "trace")
with open_system(settings) as system, system.zone.writing("extracts/abc") as folder:
    (folder / "x").write_text("1")
print("alive")
"""


def test_a_process_dies_at_the_point_it_was_told_and_the_next_one_sweeps(settings: Settings) -> None:
    home = settings.home.parent
    child = subprocess.run(
        [sys.executable, "-c", CHILD, str(settings.database_url), str(home)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (child.returncode, child.stdout) == (-signal.SIGKILL, "")
    assert (home / "trace").read_text().split() == ["extracts.before-flush", "extracts.before-rename"]
    with open_system(settings) as system:
        assert sweep(system) == ("extracts/.partial-abc",)
        assert sweep(system) == ()


def test_what_a_row_speaks_for_is_never_swept(settings: Settings) -> None:
    with open_system(settings) as system:
        for name in ("kept", "orphan"):
            with system.zone.writing(f"generations/{name}") as folder:
                (folder / "x").write_text("1")
        with db.transaction(system.database) as connection:
            rows.keep(connection, tables.generations, delivery="d", folder="generations/kept", manifest=None)
        assert sweep(system) == ("generations/orphan",)
        assert (system.zone.path("generations/kept") / "x").read_text() == "1"


def test_every_point_is_told_to_who_listens(settings: Settings) -> None:
    heard: list[str] = []
    with open_system(settings, listen=heard.append) as system, system.zone.writing("extracts/abc"):
        pass
    assert heard == ["extracts.before-flush", "extracts.before-rename", "extracts.after-rename"]


def test_the_clock_is_the_given_one_or_the_fixed_one_or_the_time(settings: Settings) -> None:
    fixed, given = datetime(2026, 1, 1, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC)
    with open_system(replace(settings, now=fixed)) as system:
        assert system.clock() == fixed
    with open_system(replace(settings, now=fixed), clock=lambda: given) as system:
        assert system.clock() == given
    before = datetime.now(UTC)
    with open_system(settings) as system:
        assert before <= system.clock() <= datetime.now(UTC)


@pytest.mark.parametrize(
    "name", ["AVROP_NOW=2026-01-01T00:00:00+00:00", "AVROP_FAULT_POINT=extracts.before-flush", "AVROP_FAULT_TRACE=/x"]
)
def test_a_fixed_clock_and_fault_points_are_refused_outside_the_demo(name: str, tmp_path: Path) -> None:
    key, value = name.split("=")
    environment = {"AVROP_HOME": str(tmp_path), key: value}
    with pytest.raises(Mistake) as no:
        from_environment(environment)
    assert no.value.code == "settings.demo_only"
    from_environment({**environment, "AVROP_DEMO": "1"})


def test_an_open_installation_does_not_show_the_password_of_its_database(settings: Settings) -> None:
    secret = replace(settings, database_url="postgresql+psycopg://role:hidden-word@127.0.0.1:9/x")
    assert "hidden-word" not in repr(secret)
    with open_system(settings) as system:
        assert "hidden-word" not in repr(replace(system, settings=secret, url=str(secret.database_url)))


@pytest.mark.parametrize(
    "url", ["nonsense", "mysql://x:hidden-word@y/z", "postgresql+nothing://x:hidden-word@y/z", "sqlite:///hidden-word"]
)
def test_a_url_of_no_postgresql_is_a_clear_mistake(settings: Settings, url: str) -> None:
    with pytest.raises(Mistake) as no, open_system(replace(settings, database_url=url)):
        pass
    assert no.value.code == "database.url"
    assert "hidden-word" not in str(no.value)


def test_rows_of_people_lie_in_folders_of_their_owner_alone(settings: Settings) -> None:
    old = os.umask(0o022)
    try:
        with open_system(settings) as system:
            modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in system.zone.root.iterdir()}
    finally:
        os.umask(old)
    assert modes == dict.fromkeys(
        ("snapshots", "lists", "extracts", "generations", "packages", "incoming", "served"), 0o700
    )


def test_a_home_that_cannot_be_made_is_a_clear_fault(settings: Settings, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(Fault) as no, open_system(replace(settings, home=tmp_path / "file" / "zone")):
        pass
    assert no.value.code == "files.failed"


def test_a_key_folder_that_cannot_be_made_is_a_clear_fault(settings: Settings, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    elsewhere = replace(settings, keys_home=tmp_path / "file" / "keys")
    with open_system(elsewhere) as system, pytest.raises(Fault) as no:
        system.keys.make_signing("provider")
    assert no.value.code == "files.failed"


def test_the_source_database_is_named_by_file_or_environment_and_not_shown(tmp_path: Path) -> None:
    (tmp_path / "p.toml").write_text('source_url = "postgresql://reader:hidden-word@127.0.0.1/own"\n')
    from_file = from_environment({"AVROP_CONFIG": str(tmp_path / "p.toml")})
    assert from_file.source_url == "postgresql://reader:hidden-word@127.0.0.1/own"
    assert "hidden-word" not in repr(from_file)
    both = {"AVROP_CONFIG": str(tmp_path / "p.toml"), "AVROP_SOURCE_URL": "postgresql://other@127.0.0.1/own"}
    assert from_environment(both).source_url == "postgresql://other@127.0.0.1/own"
    assert from_environment({}).source_url is None
