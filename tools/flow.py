"""docs/flow.md: the story as it is told, beside the code that does it. `python -m tools.flow` writes it."""

import io
import re
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

from rich.console import Console

from avrop.demo.story import tell
from avrop.packs import load_pack
from tools.source import ROOT

PROFILE = "sample"
PAGE = ROOT / "docs" / "flow.md"

CODE: Mapping[int, tuple[str, str]] = {
    1: ("demo/opening.py, actions/account.py, governance/agreements.py", "`simulate`, `sign_agreement`, `adhere`"),
    2: ("actions/describe.py, actions/publish.py, catalogue/", "`describe`, `publish_catalogue`, `load_snapshot`"),
    3: ("actions/apply.py, governance/purposes.py, governance/calloff.py", "`read_version`, `submit`"),
    4: ("actions/assess.py, governance/checks/, measure/", "`check`, `accept_intake`, `measure`, `open_controllers`"),
    5: ("actions/decide.py, disclosure/plan.py, governance/controllercase.py", "`propose`, `draft_decision`, `record`"),
    6: ("actions/disclose.py, actions/building.py, engines/, disclosure/generation.py", "`countersign`, `build`"),
    7: ("actions/receive.py, governance/returns.py", "`send`, `take_in`, `accept_receipt`"),
    8: ("actions/decide.py, actions/disclose.py, governance/grants.py", "`revoke`, `close`, `served`, `delete`"),
    9: ("actions/account.py, accounts/timeline.py, accounts/register.py", "`show_timeline`, `show_register`"),
    10: ("actions/account.py, accounts/bundle.py, verifier/", "`export_bundle`, `verify`"),
}  # fmt: skip
"""Where each step's code is, and which functions the story calls."""

_HEAD = """# The flow, as the story tells it

Made by `make docs` from the story that `make demo` tells, and compared with it by a test. It is told here of the
simulator's profile `sample`, and `make demo` takes `small`, so its counts of rows and classes are larger. Digests
differ from run to run and are cut here. Under each step stands the code that does it; a command always goes the same
way:

    actions/<verb>.py → actions/case.py handle()        load → allowed? → transition → append → summarise → queue
        governance/rules.py                             who may, in which state
        governance/transitions/<verb>.py                (state, command, facts) → events, pure
        store/events.py                                 the case's next entries, and their leaves in the one log

Where something new would go: a **check** is a function in `governance/checks/` and a line in its `registry.py`.

An **operator** is a document in `disclosure/operators.py`; its meaning in `engines/reference.py`; a function and a line
in `engines/emit.py`; where `disclosure/plan.py` uses it; and what `disclosure/readable.py` tells of it in the table
that a controller decides on.

A **verb** is a module in `actions/`; its commands in `governance/commands.py` and their lines in `rules.py`; the events
they cause in `governance/events/` and what those do to the state in the machine's `evolve`; a module of transitions and
its line in `transitions/__init__.py`; the jobs that follow in CONSEQUENCES of `actions/case.py`; and a group of
commands that `cli/main.py` names.
"""


def page(told: str) -> str:
    """The page from the plain text of a told story."""
    parts = [_HEAD]
    for block in re.split(r"\n(?=\d+\. )", told.strip()):
        heading, _, body = block.partition("\n")
        number = int(heading.split(".")[0])
        where, functions = CODE[number]
        shown = body.split("\n   Summary")[0].rstrip()
        parts.append(f"\n## {heading}\n\n{functions} in {_linked(where)}.\n\n```text\n{_stable(shown)}\n```\n")
    return "".join(parts)


def play(home: Path) -> str:
    """Play the story and give its plain text."""
    out = io.StringIO()
    tell(home, load_pack(), console=Console(file=out, width=200), profile=PROFILE)
    return out.getvalue()


def _linked(where: str) -> str:
    return ", ".join(f"[{name}](../src/avrop/{name})" for name in where.split(", "))


def _stable(text: str) -> str:
    """Without what differs from run to run: digests and ids, minutes, and the bytes of files that hold pseudonyms."""
    text = re.sub(r"sha256:[0-9a-f]{16,64}…?", "sha256:…", text)
    text = re.sub(r"\| \d+ \| sha256:…", "| … bytes | sha256:…", text)
    text = re.sub(r"\b([0-9a-f]{12}|[0-9a-f]{16}|[0-9a-f]{32})\b", "…", text)
    text = re.sub(r"(\d{4}-\d\d-\d\d) \d\d:\d\d", r"\1", text)
    return "\n".join(line.removeprefix("   ").rstrip() for line in text.split("\n"))


def main() -> int:
    """Play, write, and say so."""
    with tempfile.TemporaryDirectory() as folder:
        made = page(play(Path(folder)))
    if not PAGE.exists() or PAGE.read_text("utf-8") != made:
        PAGE.write_text(made, "utf-8")
        sys.stdout.write(f"{PAGE.relative_to(ROOT)}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
