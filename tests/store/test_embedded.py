"""The embedded server: survives kill -9 of itself and of its users, stops with the last of them, trusts only its owner."""

import os
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
from pathlib import Path

import psycopg
import pytest

from avrop.errors import Fault
from avrop.settings import Settings
from avrop.store import embedded
from avrop.system import open_system

pytestmark = pytest.mark.slow

USER = """
import sys, time
from pathlib import Path
import psycopg
from avrop.store import embedded
url = embedded.start(Path(sys.argv[1]), "provider").replace("+psycopg", "")
connection = psycopg.connect(url, autocommit=True)
print("connected", flush=True)
time.sleep(600)
"""
COMMANDS = """
import sys
from pathlib import Path
from avrop.settings import Settings
from avrop.store import embedded
from avrop.system import open_system
home = Path(sys.argv[1])
settings = Settings(name="provider", organisation="provider", home=home / "zone", keys_home=home / "keys",
                    embedded_home=home / "pg")
for _ in range(6):
    try:
        with open_system(settings):
            pass
    finally:
        embedded.stop_if_idle(settings.embedded_home)
"""


@pytest.fixture
def home(tmp_path: Path):
    """A server's folder of this test alone."""
    yield tmp_path / "pg"
    embedded.stop(tmp_path / "pg")


def _pid(home: Path) -> int:
    return int((home / "data" / "postmaster.pid").read_text().split("\n")[0])


def _connect(url: str) -> psycopg.Connection:
    return psycopg.connect(url.replace("+psycopg", ""), autocommit=True)


def _write(url: str) -> None:
    with _connect(url) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 42 AS answer")


def _read(url: str) -> object:
    with _connect(url) as connection:
        return connection.execute("SELECT answer FROM kept").fetchone()


def _user(home: Path) -> subprocess.Popen[str]:
    child = subprocess.Popen([sys.executable, "-c", USER, str(home)], stdout=subprocess.PIPE, text=True)
    assert child.stdout is not None
    assert child.stdout.readline() == "connected\n"
    return child


def _end(child: subprocess.Popen[str]) -> None:
    child.kill()
    child.communicate()


def test_what_was_committed_is_there_after_the_server_was_killed(home: Path) -> None:
    _write(embedded.start(home, "provider"))
    os.kill(_pid(home), signal.SIGKILL)
    assert _read(embedded.start(home, "provider")) == (42,)


def test_a_server_that_was_stopped_and_started_again_has_its_data(home: Path) -> None:
    _write(embedded.start(home, "provider"))
    embedded.stop(home)
    assert not (home / "data" / "postmaster.pid").exists()
    embedded.stop(home)
    assert _read(embedded.start(home, "provider")) == (42,)


def test_a_killed_user_does_not_keep_the_server_alive(home: Path) -> None:
    child = _user(home)
    assert not embedded.stop_if_idle(home)
    _end(child)
    assert any(embedded.stop_if_idle(home) for _ in range(20))
    assert not (home / "data" / "postmaster.pid").exists()


def test_a_process_can_stop_a_server_that_another_one_started_anew(home: Path) -> None:
    embedded.start(home, "provider")
    os.kill(_pid(home), signal.SIGKILL)
    child = _user(home)
    embedded.stop(home)
    _end(child)
    assert not (home / "data" / "postmaster.pid").exists()


@pytest.mark.parametrize("action", [embedded.start, embedded.stop, embedded.stop_if_idle])
def test_a_left_pid_that_is_another_programs_by_now_is_not_taken_for_the_server(home: Path, action) -> None:
    _write(embedded.start(home, "provider"))
    left = (home / "data" / "postmaster.pid").read_text().split("\n", 1)[1]
    embedded.stop(home)
    other = subprocess.Popen(["sleep", "600"])
    try:
        (home / "data" / "postmaster.pid").write_text(f"{other.pid}\n{left}")
        action(home, "provider") if action is embedded.start else action(home)
        assert other.poll() is None
        assert _read(embedded.start(home, "provider")) == (42,)
    finally:
        other.kill()
        other.wait()


def test_commands_that_run_at_once_never_stop_the_server_under_each_other(tmp_path: Path, home: Path) -> None:
    children = [
        subprocess.Popen(
            [sys.executable, "-c", COMMANDS, str(tmp_path)], stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        for _ in range(3)
    ]
    said = [child.communicate()[1] for child in children]
    assert [(child.returncode, text) for child, text in zip(children, said, strict=True) if child.returncode] == []
    assert any(not (home / "data" / "postmaster.pid").exists() or embedded.stop_if_idle(home) for _ in range(20))


def test_only_the_servers_owner_can_reach_its_socket_however_long_the_path(tmp_path: Path) -> None:
    for name in ("short", "long" * 30):
        home = tmp_path / name
        try:
            url = embedded.start(home, "provider")
            _write(url)
            folder = Path(url.split("host=")[1])
            assert stat.S_IMODE(folder.stat().st_mode) == 0o700
            assert folder.stat().st_uid == (home / "data").stat().st_uid
            embedded.stop(home)
            assert _read(embedded.start(home, "provider")) == (42,)
            assert stat.S_IMODE((folder / ".s.PGSQL.5432").stat().st_mode) == 0o700
        finally:
            embedded.stop(home)
        if not folder.is_relative_to(tmp_path):
            shutil.rmtree(folder)


def test_the_server_listens_on_its_socket_only(home: Path) -> None:
    with _connect(embedded.start(home, "provider")) as connection:
        assert connection.execute("SHOW listen_addresses").fetchone() == ("",)


def test_a_role_may_not_enter_or_make_other_databases(home: Path) -> None:
    url = embedded.start(home, "provider")
    with _connect(url) as connection:
        for statement in (
            "CREATE DATABASE other",
            "CREATE ROLE other",
            "ALTER ROLE avrop_app SUPERUSER",
            "SET ROLE postgres",
        ):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                connection.execute(statement)


@pytest.mark.parametrize("name", ["", "a b", 'x"; DROP DATABASE postgres; --', "Provider", "../x", "x" * 60])
def test_a_database_name_is_a_plain_word(home: Path, name: str) -> None:
    with pytest.raises(Fault) as no:
        embedded.start(home, name)
    assert no.value.code == "database.name"
    assert not home.exists()


def test_installations_share_a_server_and_keep_their_rows_apart(home: Path, tmp_path: Path) -> None:
    one, other = (embedded.start(home, name) for name in ("provider", "receiver"))
    _write(one)
    with pytest.raises(psycopg.errors.UndefinedTable):
        _read(other)
    pid = _pid(home)
    settings = Settings(
        name="receiver",
        organisation="receiver",
        home=tmp_path / "zone",
        keys_home=tmp_path / "keys",
        embedded_home=home,
    )
    with open_system(settings):
        assert _pid(home) == pid


def test_the_server_can_be_used_by_an_ordinary_user_after_root_used_one(home: Path) -> None:
    if os.geteuid() != 0:
        pytest.skip("only root can become another user")
    embedded.start(home, "provider")
    script = (
        "import os, sys\nfrom pathlib import Path\nfrom avrop.store import embedded\n"
        "import tempfile, shutil\n"
        "folder = Path(tempfile.mkdtemp())\nos.chown(folder, 65534, 65534)\n"
        "os.setgroups([]); os.setgid(65534); os.setuid(65534)\n"
        "os.environ['HOME'] = str(folder)\n"
        "try:\n    print(embedded.start(folder / 'pg', 'provider').split('?')[0])\n"
        "finally:\n    embedded.stop(folder / 'pg'); shutil.rmtree(folder / 'pg')\n"
        "print((folder / 'pg').exists())\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=False, cwd=tempfile.gettempdir()
    )
    assert done.stdout.split() == ["postgresql+psycopg://avrop_app@/provider", "False"], done.stderr[-2000:]


def test_the_server_recovers_while_users_are_killed_around_it(home: Path) -> None:
    children = [_user(home) for _ in range(2)]
    os.kill(_pid(home), signal.SIGKILL)
    for child in children:
        _end(child)
    _write(embedded.start(home, "provider"))
    assert _read(embedded.start(home, "provider")) == (42,)


@pytest.mark.parametrize("name", ["with a space", "$(id)", "a;b", "it's"])
def test_a_folder_that_a_shell_would_misread_is_refused_at_once(tmp_path: Path, name: str) -> None:
    with pytest.raises(Fault) as no:
        embedded.start(tmp_path / name, "provider")
    assert no.value.code == "database.folder"
    assert not (tmp_path / name).exists()


def test_a_server_that_cannot_start_says_so_in_one_sentence_only(
    home: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    embedded.start(home, "provider")
    embedded.stop(home)
    (home / "data" / "postgresql.conf").write_text("nonsense = 1\n")
    monkeypatch.setattr(embedded, "_START_SECONDS", 0)
    with pytest.raises(Fault) as no:
        embedded.start(home, "provider")
    assert no.value.code == "database.not_started"
    assert capfd.readouterr() == ("", "")
