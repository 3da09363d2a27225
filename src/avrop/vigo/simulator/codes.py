"""The pack's code lists and the curriculum as tables, for the rules that ask what is valid on a day."""

from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from typing import Any

import pyarrow as pa
import yaml

from avrop.vigo.simulator.curriculum import curriculum
from avrop.vigo.simulator.forms import FIRST
from avrop.vigo.simulator.plan import LAST_YEAR

_NAMES = ("liste", "kode", "fom", "tom", "tittel_nb", "tittel_nn", "tittel_en", "etterfolger", "kilde")


@cache
def code_lists() -> pa.Table:
    """Every code with its half-open validity, titles and source: the table `kodeverk`."""
    rows = list(_codes())
    return pa.table(
        {name: pa.array([row[place] for row in rows], pa.date32() if name in {"fom", "tom"} else pa.string())
         for place, name in enumerate(_NAMES)}
    )  # fmt: skip


@cache
def successors() -> pa.Table:
    """Which code came after which, however many steps later: columns liste, kode, ny."""
    direct: dict[str, dict[str, set[str]]] = {}
    for name, found in _lists():
        own = direct.setdefault(name, {})
        for code in found["codes"]:
            own.setdefault(str(code["code"]), set()).update(code.get("successors") or ())
    rows = []
    for name, own in direct.items():
        for code in own:
            reached, open_ = set[str](), set(own[code])
            while open_:
                step = open_.pop()
                if step not in reached:
                    reached.add(step)
                    open_ |= own.get(step, set())
            rows += [(name, code, each) for each in sorted(reached)]
    return pa.table({name: [row[place] for row in rows] for place, name in enumerate(("liste", "kode", "ny"))})


@cache
def offers() -> pa.Table:
    """Which subject is offered in which programme area, before and since the reform, and whether it has a final mark:
    columns programomraadekode, fagkode, avsluttes."""
    book = curriculum()
    pairs = set()
    for area, slots in zip(book.areas, book.slots, strict=True):
        for year in range(FIRST, LAST_YEAR + 1):
            for slot in slots:
                for place, _ in slot:
                    subject = book.subjects[place]
                    pairs.add((area.code_in(year), subject.code_in(year, area.level), subject.ends))
    rows = sorted(pairs)
    names = ("programomraadekode", "fagkode", "avsluttes")
    return pa.table({name: [row[place] for row in rows] for place, name in enumerate(names)})


def _codes() -> Iterator[tuple[object, ...]]:
    for name, found in _lists():
        start = found.get("codes_valid_from")
        for code in found["codes"]:
            label = code["label"]
            follows = " ".join(code.get("successors") or ()) or None
            yield (
                name, str(code["code"]), code.get("valid_from", start), code.get("valid_to"), label.get("nb"),
                label.get("nn"), label.get("en"), follows, str(found.get("source", "")),
            )  # fmt: skip


def _lists() -> Iterator[tuple[str, dict[str, Any]]]:
    folder = files("avrop.vigo") / "catalogue" / "codelists"
    for item in sorted(folder.iterdir(), key=lambda entry: entry.name):
        if item.name.endswith(".yaml"):
            yield item.name.removesuffix(".yaml"), yaml.load(item.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
