"""The commands within this process: fast, and with the same exit codes and words as in a process of their own."""

import io
import os
import sys
from collections.abc import Callable
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from avrop.cli.main import main


@dataclass
class Prompt:
    """A command line: its environment, and what the last command said."""

    folder: Path
    environment: dict[str, str] = field(default_factory=dict)

    def run(self, *words: str) -> tuple[int, str, str]:
        """Exit code, output, errors."""
        out, err = io.StringIO(), io.StringIO()
        with pytest.MonkeyPatch.context() as patch, redirect_stdout(out), redirect_stderr(err):
            for name in [name for name in os.environ if name.startswith("AVROP")]:
                patch.delenv(name)
            for name, value in self.environment.items():
                patch.setenv(name, value)
            patch.chdir(self.folder)
            patch.setattr(sys, "argv", ["avrop", *words])
            with pytest.raises(SystemExit) as end:
                main()
        code = end.value.code
        return code if isinstance(code, int) else 0, out.getvalue(), err.getvalue()

    def ok(self, *words: str) -> str:
        """The output of a command that succeeds."""
        code, out, err = self.run(*words)
        assert code == 0, (out, err)
        return out

    def no(self, code: int, *words: str) -> str:
        """What a command that fails with this exit code says."""
        found, out, err = self.run(*words)
        assert found == code, (out, err)
        assert "Traceback" not in err
        return err


@pytest.fixture
def prompt(tmp_path: Path, fresh_database: Callable[[str], str]) -> Prompt:
    """A command line at an empty installation with an operator."""
    made = Prompt(folder=tmp_path)
    made.environment = {
        "AVROP_NAME": "provider", "AVROP_HOME": str(tmp_path / "home"), "AVROP_KEYS_HOME": str(tmp_path / "keys"),
        "AVROP_DATABASE_URL": fresh_database("provider"),
    }  # fmt: skip
    made.ok("account", "enrol", "op@provider", "--organisation", "provider", "--roles", "operator")
    return made
