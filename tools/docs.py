"""Writes the generated pages: one line in `PAGES` per page.

python -m tools.docs            write them
python -m tools.docs --check    say which differ, and exit with 1
"""

import sys
from collections.abc import Callable, Mapping
from pathlib import Path

from tools import command_help, error_codes, governance, projections, quality
from tools.source import ROOT

PAGES: Mapping[str, Callable[[], str]] = {
    "docs/generated/errors.md": error_codes.page,
    "docs/generated/cli.md": command_help.page,
    "docs/generated/permissions.md": governance.matrix,
    "docs/generated/machines.md": governance.diagrams,
    "docs/generated/quality.md": quality.page,
    "docs/generated/projections.md": projections.page,
}
"""Path of the page from the root of the project, and the function that gives its text."""


def differing(root: Path = ROOT) -> tuple[str, ...]:
    """The pages whose file is missing or says something else."""
    return tuple(
        name
        for name, page in PAGES.items()
        if not (root / name).is_file() or (root / name).read_text("utf-8") != page()
    )


def write(root: Path = ROOT) -> tuple[str, ...]:
    """Write the pages that differ; their names."""
    changed = differing(root)
    for name in changed:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(PAGES[name](), "utf-8")
    return changed


def main(arguments: list[str]) -> int:
    """The exit code."""
    if arguments == ["--check"]:
        for name in differing():
            sys.stderr.write(f"{name} is not what the code says now: run `make docs`.\n")
        return 1 if differing() else 0
    for name in write():
        sys.stdout.write(f"{name}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
