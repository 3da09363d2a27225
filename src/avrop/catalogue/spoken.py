"""A described text as one language has it: the nearest of the languages that it is told in, and where it is sorted."""

import unicodedata
from collections.abc import Mapping

from avrop.catalogue.commons import Said
from avrop.catalogue.unittypes import Language, Text

_FALL_BACK: Mapping[Language, tuple[str, ...]] = {
    "nb": ("nb", "no", "nn", "en"), "nn": ("nn", "nb", "no", "en"), "en": ("en", "nb", "no", "nn"),
}  # fmt: skip
_LAST = str.maketrans({"æ": "{", "ä": "{", "ø": "|", "ö": "|", "å": "}"})
"""Signs that come after z, in the order of the letters that they stand for."""
_WITHIN = str.maketrans({"æ": "ae", "ø": "o"})
_LETTERS = str.maketrans({"đ": "d", "ð": "d", "ŧ": "t", "ŋ": "n", "ß": "ss", "þ": "th"})
"""Letters that are no other letter with a mark."""


def told(text: Text | Said | None) -> Mapping[str, str]:
    """The text in each language that it is told in; of several in one language the first."""
    if isinstance(text, Text):
        found = {"nb": text.nb, "nn": text.nn or "", "en": text.en}
    else:
        found = {words.language: words.value for words in reversed(text or ())}
    return {code: value for code, value in found.items() if value}


def nearest(text: Text | Said | None, language: Language) -> tuple[str, str] | None:
    """The language that a reader of this one is shown the text in, and the text; None for one without any."""
    found = told(text)
    return next(((code, found[code]) for code in _FALL_BACK[language] if code in found), None)


def order(text: str, language: Language) -> str:
    """What to sort by, by the value of each sign: Norwegian has æ, ø and å last, English has them as ae, o and a.
    Capitals and other marks make no difference.

    >>> sorted(["Åsen", "Ærlig", "Zoo", "Øst", "apen"], key=lambda each: order(each, "nb"))
    ['apen', 'Zoo', 'Ærlig', 'Øst', 'Åsen']
    >>> sorted(["Åsen", "Ærlig", "Zoo", "Øst", "apen"], key=lambda each: order(each, "en"))
    ['Ærlig', 'apen', 'Åsen', 'Øst', 'Zoo']
    """
    own = unicodedata.normalize("NFC", text.lower()).translate(_WITHIN if language == "en" else _LAST)
    apart = unicodedata.normalize("NFKD", own.translate(_LETTERS))
    return "".join(sign for sign in apart if not unicodedata.combining(sign))
