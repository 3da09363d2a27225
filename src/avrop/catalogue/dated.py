"""Codes that a publisher told, as a dated code list: its last days become the first days on which a code is not."""

from collections.abc import Sequence
from datetime import date, timedelta

from avrop.catalogue.codelists import Code, CodeList
from avrop.catalogue.commons import CodeEntry, Said
from avrop.catalogue.spoken import told
from avrop.catalogue.unittypes import Text


def code_list(codes: Sequence[CodeEntry], *, name: str) -> CodeList | None:
    """The list; None if it says no day at all. A code of which no first day was told has always been there."""
    if not any(day(each.valid_from) or day(each.valid_until) for each in codes):
        return None
    dated = tuple(
        Code(
            code=each.code, label=_text(each.title), valid_from=day(each.valid_from) or date.min,
            valid_to=day_after(each.valid_until),
        )
        for each in codes
    )  # fmt: skip
    return CodeList(name=name, title=Text(nb=name, en=name), source="", codes=dated)


def day_after(last_day: str | None) -> date | None:
    """The first day on which something is no more, by its last one; None if that is no day, or the last of all."""
    last = day(last_day)
    return last + timedelta(days=1) if last is not None and last < date.max else None


def day(text: str | None) -> date | None:
    """A day; None also for what is none, since that was once taken."""
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        return None


def _text(said: Said) -> Text:
    """The text in the languages that it is told in, and no other."""
    found = told(said)
    return Text(nb=found.get("nb", found.get("no", "")), nn=found.get("nn"), en=found.get("en", ""))
