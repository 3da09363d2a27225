"""What an import of another tool's description gives: a catalogue, a source map, and what became of everything."""

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


@dataclass(frozen=True, kw_only=True)
class Imported:
    """A catalogue, where its rows come from, and what became of everything in the configuration."""

    catalogue: Catalogue
    sources: tuple[SourceTable, ...]
    report: tuple[Carried, ...]
