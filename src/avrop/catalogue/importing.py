"""What an import of another tool's description, or a draft from a table, gives: a catalogue, a source map, and what
became of everything."""

import re
from dataclasses import dataclass
from typing import Literal

from avrop.canonical import document
from avrop.catalogue.datasets import Catalogue
from avrop.catalogue.sources import SourceTable

What = Literal["left out", "question", "changed", "carried"]


@document
class Carried:
    """What became of one thing in the configuration: carried, carried changed, carried with a question, or left out."""

    what: What
    subject: str
    sentence: str
    hint: str = ""


class Notes(list[Carried]):
    """What an import has to say, in the order in which it found it."""

    def say(self, what: What, subject: str, sentence: str, hint: str = "") -> None:
        """Say it once."""
        note = Carried(what=what, subject=subject, sentence=sentence, hint=hint)
        if note not in self:
            self.append(note)


class Names:
    """Plain names, each given once, whatever its case; a name that was changed is said."""

    def __init__(self, notes: Notes) -> None:
        self._taken: set[str] = set()
        self._notes = notes

    def plain(self, wanted: str) -> str:
        """A name of letters, digits and _ that begins with a letter, and is still free."""
        name = re.sub(r"\W", "_", wanted).lstrip("_0123456789")[:56] or "X"
        number, made = 1, name
        while made.casefold() in self._taken:
            number += 1
            made = f"{name}_{number}"
        self._taken.add(made.casefold())
        return made

    def kept(self, wanted: str) -> str:
        """The same, for a name that others know: a change is said."""
        made = self.plain(wanted)
        if made != wanted:
            self._notes.say("changed", wanted, f"Its name is {made} here: letters, digits and _ only, each once.")
        return made


@dataclass(frozen=True, kw_only=True)
class Imported:
    """A catalogue, where its rows come from, and what became of everything in the configuration."""

    catalogue: Catalogue
    sources: tuple[SourceTable, ...]
    report: tuple[Carried, ...]
