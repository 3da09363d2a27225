"""Code lists whose codes are valid from a date until another, and what succeeded them."""

from datetime import date

from avrop.canonical import document
from avrop.catalogue.unittypes import Text


@document
class Code:
    """One code, valid in the half-open interval [valid_from, valid_to)."""

    code: str
    label: Text
    valid_from: date
    valid_to: date | None = None
    successors: tuple[str, ...] = ()

    def valid_on(self, day: date) -> bool:
        """Whether the code may be used on that day."""
        return self.valid_from <= day and (self.valid_to is None or day < self.valid_to)


@document
class CodeList:
    """A dated code list. A code may occur again with another, disjoint validity."""

    name: str
    title: Text
    source: str
    codes: tuple[Code, ...]

    def on(self, day: date) -> dict[str, Code]:
        """The codes valid on that day, by code."""
        return {code.code: code for code in self.codes if code.valid_on(day)}
