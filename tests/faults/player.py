"""Stories in child processes: undisturbed, killed at a named point, and taken up again."""

import os
import subprocess
import sys
from pathlib import Path

from avrop.store import embedded
from tests.sources import PROFILE, place

CHILD = """
import io, json, sys
from pathlib import Path
from rich.console import Console
from avrop.demo.story import tell
from avrop.errors import AvropError
from avrop.packs import load_pack
home, until, point, trace = Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3] or None, Path(sys.argv[4])
try:
    teller = tell(home, load_pack(), console=Console(file=io.StringIO()), profile=sys.argv[5], until=until, fault_point=point,
                  fault_trace=trace, names=("provider", "receiver"))
except AvropError as failure:
    print(json.dumps({"error": failure.code}))
else:
    print(json.dumps(teller.facts))
"""


class Player:
    """Plays stories in child processes, each on an embedded server of its own folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._bases: dict[int, Path] = {}

    def play(
        self, home: Path, *, until: int = 10, point: str = "", limit: int | None = None
    ) -> subprocess.CompletedProcess[str]:
        """One child. `limit` is the largest file, in bytes, that it may write."""
        prelude = ""
        if limit is not None:
            prelude = (
                "import resource, signal\n"
                "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
                f"resource.setrlimit(resource.RLIMIT_FSIZE, ({limit}, {limit}))\n"
            )
        return subprocess.run(
            [sys.executable, "-c", prelude + CHILD, str(home), str(until), point, str(home.parent / f"{home.name}.trace"), PROFILE],
            capture_output=True, text=True, check=False, env={**os.environ},
        )  # fmt: skip

    def base(self, until: int) -> Path:
        """A home where the story was played until that step, undisturbed and stopped."""
        if until not in self._bases:
            home = self.folder / f"base-{until}"
            place(home)
            done = self.play(home, until=until)
            assert done.returncode == 0, done.stderr
            embedded.stop(home / "postgres")
            self._bases[until] = home
        return self._bases[until]

    def copy(self, until: int, name: str) -> Path:
        """A copy of such a home; PostgreSQL's files keep their owner."""
        home = self.folder / name
        if until == 0:
            place(home)
        else:
            subprocess.run(["cp", "-a", str(self.base(until)), str(home)], check=True)
        return home
