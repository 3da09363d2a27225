"""The environments hold what was asked for, and nothing of ours."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.wire import environments

pytestmark = pytest.mark.wire


def said(folder: Path, code: str) -> str:
    """What the environment's Python prints."""
    return subprocess.run(
        [folder / "bin" / "python", "-c", code], capture_output=True, text=True, check=True, cwd=folder
    ).stdout.strip()


def test_an_environment_has_its_requirement_and_nothing_of_ours() -> None:
    folder = environments.environment("click", "3.11", ("click==8.1.7",))
    assert said(folder, "from importlib.metadata import version; print(version('click'))") == "8.1.7"
    assert said(folder, "from importlib.util import find_spec; print(find_spec('avrop'), find_spec('fastapi'))") == (
        "None None"
    )
    assert environments.environment("click", "3.11", ("click==8.1.7",)) == folder


def test_what_cannot_be_installed_fails_loudly() -> None:
    with pytest.raises(pytest.fail.Exception, match="failed"):
        environments.environment("nothing", "3.11", ("click==0.0.0.1",))


def test_a_missing_python_fails_where_ci_is_set_and_is_skipped_elsewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CI", "true")
    with pytest.raises(pytest.fail.Exception, match=r"needs Python 2\.1"):
        environments.environment("old", "2.1", ("click==8.1.7",))
    monkeypatch.delenv("CI")
    with pytest.raises(pytest.skip.Exception, match=r"needs Python 2\.1"):
        environments.environment("old", "2.1", ("click==8.1.7",))


def test_a_stand_in_that_does_not_run_is_passed_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "python2.2").write_text("#!/bin/sh\nexit 127\n")
    (tmp_path / "python2.2").chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert environments.find_python("2.2") is None
    assert environments.find_python(f"{sys.version_info[0]}.{sys.version_info[1]}") == sys.executable
