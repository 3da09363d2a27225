"""What a row is about: unit types, and texts in three languages."""

from typing import Literal

from avrop.canonical import document

Language = Literal["nb", "nn", "en"]


@document
class Text:
    """One text in bokmål, nynorsk and English. Nynorsk may wait; the other two may not."""

    nb: str
    en: str
    nn: str | None = None


@document
class UnitType:
    """A kind of unit (GSIM unit type): person, pupil course, training contract."""

    name: str
    label: Text
    definition: Text
