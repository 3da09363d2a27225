"""What pages say, in three languages: a file each with the same keys; numbers and dates as each language writes."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache, lru_cache
from importlib.resources import files

import yaml
from babel import Locale
from babel.dates import format_date
from babel.numbers import format_decimal, format_percent

from avrop.catalogue.commons import Said
from avrop.catalogue.spoken import nearest, order, told
from avrop.catalogue.unittypes import Language, Text

LANGUAGES: tuple[Language, ...] = ("nb", "nn", "en")
_TAGS: Mapping[str, str] = {"nb": "no", "no": "no", "nn": "nn", "en": "en"}
"""The `lang` of a page: some readers speak `nb` with an English voice, and `no` with a Norwegian one."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Spoken:
    """A text as it is shown: `tag` is its language where that is not the page's, else empty."""

    text: str
    tag: str = ""

    def __str__(self) -> str:
        return self.text


_DAYS = {"en": "en_GB"}
"""Where days are written otherwise than a language alone says: the day before the month."""


@dataclass(frozen=True, slots=True)
class Speech:
    """One language of the pages."""

    language: Language

    @property
    def tag(self) -> str:
        """The language as `lang` has it."""
        return _TAGS[self.language]

    def __call__(self, key: str, **parts: object) -> str:
        """The text of a key with its parts. KeyError for one that no file has."""
        text = texts(self.language)[key]
        if not parts:
            return text
        shown = {name: self.number(part) if isinstance(part, int) else part for name, part in parts.items()}
        return text.format(**shown)

    def counted(self, key: str, n: int, **parts: object) -> str:
        """The text for so many: `key.one` or `key.other`, as the language's grammar has it."""
        return self(f"{key}.{_plural(self.language, n)}", n=n, **parts)

    def known(self, key: str, otherwise: str) -> str:
        """The text of a key that may not be known, as a publisher's own values are not."""
        return texts(self.language).get(key, otherwise)

    def number(self, value: float) -> str:
        """A number as the language writes it."""
        return _number(value, self.language)

    def percent(self, share: float) -> str:
        """A share as whole per cent, as the language writes it."""
        return str(format_percent(share, locale=self.language))

    def day(self, value: date) -> str:
        """A day as the language writes it."""
        return str(format_date(value, format="long", locale=_DAYS.get(self.language, self.language)))

    def day_of(self, text: str) -> str:
        """A day that is told as ISO 8601, shortly, as the language writes it; anything else as it is."""
        try:
            value = date.fromisoformat(text)
        except ValueError:
            return text
        return str(format_date(value, format="medium", locale=_DAYS.get(self.language, self.language)))

    def plain(self, text: str) -> Spoken:
        """A text that is told in no language of its own: whoever describes writes it in bokmål."""
        return Spoken(text=text, tag="" if self.language == "nb" else _TAGS["no"])

    def order(self, text: str) -> str:
        """What to sort by, as readers of the language expect it."""
        return order(text, self.language)

    def in_order(self, names: Iterable[str]) -> list[str]:
        """Names in the language's own order."""
        return sorted(names, key=self.order)

    def of(self, text: Text | Said | None, otherwise: str = "") -> Spoken:
        """A described text in this language, or in the nearest that it has."""
        shown = nearest(text, self.language)
        if shown is None:
            return Spoken(text=otherwise)
        code, value = shown
        own = code == self.language or (code == "no" and self.language == "nb") or _is_a_name(told(text))
        return Spoken(text=value, tag="" if own else _TAGS[code])

    def ranked(self, buckets: Iterable[tuple[str, Said, int]]) -> list[tuple[str, Said, int]]:
        """Values with their labels and counts, the most first, equals by what they are called here."""
        return sorted(buckets, key=lambda each: (-each[2], self.order(str(self.of(each[1], each[0])))))


def _is_a_name(found: Mapping[str, str]) -> bool:
    """Whether it is called the same in every language that it is told in: a place, which needs no translation."""
    return len(found) > 1 and len(set(found.values())) == 1


@cache
def texts(language: Language) -> Mapping[str, str]:
    """The texts of a language by key."""
    found = yaml.safe_load((files("avrop.web") / "texts" / f"{language}.yaml").read_text(encoding="utf-8"))
    return {str(key): str(text) for key, text in found.items()}


@lru_cache(maxsize=10_000)
def _number(value: float, language: Language) -> str:
    """Kept, since a page has hundreds of counts, and most of them are small."""
    return str(format_decimal(value, locale=language))


@lru_cache(maxsize=10_000)
def _plural(language: Language, n: int) -> str:
    return "one" if Locale.parse(language).plural_form(n) == "one" else "other"


def preferred(accepted: str) -> Language:
    """The language that a browser asks for, or bokmål.

    >>> preferred("nn-NO,nn;q=0.9,en;q=0.5")
    'nn'
    """
    asked = [each.split(";") for each in accepted.lower().split(",")]
    for language, *more in sorted(asked, key=lambda each: -_weight(each[1:])):
        code = language.strip().split("-")[0]
        if code in _ASKED and _weight(more) > 0:
            return _ASKED[code]
    return "nb"


_ASKED: Mapping[str, Language] = {"nb": "nb", "no": "nb", "nn": "nn", "en": "en"}


def _weight(said: Sequence[str]) -> float:
    """How much a language is wanted: all, unless `q` says less."""
    found = next((part.strip()[2:] for part in said if part.strip().startswith("q=")), "1")
    try:
        return float(found)
    except ValueError:
        return 0.0
