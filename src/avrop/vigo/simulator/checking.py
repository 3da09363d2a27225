"""What is checked of a run: files against their manifests, that nothing hidden is in them, and the rules."""

import json
from collections.abc import Callable, Mapping
from pathlib import Path

import pyarrow.parquet as pq

from avrop.catalogue.packform import Breach
from avrop.vigo.simulator.forms import TABLES
from avrop.vigo.simulator.logical import logical
from avrop.vigo.simulator.rules import check_rules, latent, rules
from avrop.vigo.simulator.run import MANIFEST, REPORT, RUN, chunks, order_of, whole
from avrop.vigo.simulator.writing import MANIFESTS, Chunk, digest

FILES, HIDDEN = "SR40", "SR42"
_TEXTS = {
    FILES: (
        "Every file is there, has the rows and hashes that its manifest says, and there is no other. Remove what is "
        "wrong and run again: it is made anew."
    ),
    HIDDEN: "No hidden column and no answer key is among the delivered files.",
}


def numbers() -> tuple[str, ...]:
    """The numbers of all rules."""
    return tuple(sorted((*rules(), *_TEXTS)))


def check(folder: Path, chosen: tuple[str, ...] = (), *, progress: Callable[[str], None] | None = None) -> list[Breach]:
    """The rules that a finished run breaks.

    Errors: `simulate.no_run`, `simulate.unfinished`, `simulate.rule` (Missing), `simulate.manifest` (Tampered).
    """
    tell = progress or (lambda _: None)
    all_chunks = chunks(folder, order_of(folder))
    found = []
    if not chosen or FILES in chosen:
        tell(FILES)
        found += _breach(FILES, _files(folder, all_chunks))
    if not chosen or HIDDEN in chosen:
        tell(HIDDEN)
        found += _breach(HIDDEN, latent(folder))
    if any(each.rule == FILES for each in found):
        return found  # the rules would be asked of rows that nobody speaks for
    asked = tuple(number for number in chosen if number not in _TEXTS)
    if not chosen or asked:
        found += check_rules(folder, asked, progress=progress)
    return sorted(found, key=lambda each: each.rule)


def _breach(rule: str, keys: list[str]) -> list[Breach]:
    return [Breach(rule=rule, text=_TEXTS[rule], count=len(keys), keys=tuple(keys[:20]))] if keys else []


def _files(folder: Path, all_chunks: list[Chunk]) -> list[str]:
    """Files that are missing, changed or nobody's."""
    wrong, known = [], set()
    for chunk in all_chunks:
        for table, said in chunk.files.items():
            path = folder / table / f"{chunk.name}.parquet"
            known.add(path)
            if not path.exists():
                wrong.append(f"{table}/{path.name}: missing")
            elif digest(path) != said["sha256"] or not _same_rows(path, table, said):
                wrong.append(f"{table}/{path.name}: changed")
    known |= {folder / MANIFESTS / f"{chunk.name}.json" for chunk in all_chunks}
    known |= {folder / name for name in (RUN, MANIFEST, REPORT)}
    wrong += _manifest(folder)
    others = (path for path in sorted(folder.rglob("*")) if path.is_file() and not path.name.startswith("."))
    return wrong + [f"{path.relative_to(folder)}: in no manifest" for path in others if path not in known]


def _manifest(folder: Path) -> list[str]:
    """The manifest of the whole, if it is not that of its chunks and of what the folder is said to hold."""
    path = folder / MANIFEST
    try:
        said = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return [f"{MANIFEST}: missing, or cannot be read"]
    own = whole(folder, order_of(folder))
    if not isinstance(said, dict):
        said = {}
    return [f"{MANIFEST}: {name} is not that of the chunks" for name in own if said.get(name) != own[name]]


def _same_rows(path: Path, table: str, said: Mapping[str, object]) -> bool:
    try:
        found = logical(pq.read_table(path), TABLES[table])
    except (OSError, ValueError, KeyError):
        return False
    return found.rows == said["rows"] and found.text == said["logical"]
