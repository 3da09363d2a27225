"""Words of a question or a description: cut apart, folded, with their synonyms, and as letter triples."""

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from itertools import pairwise

import yaml

from avrop.canonical import document
from avrop.errors import Mistake

_WORD = re.compile(r"[^\W_]+(?:-[^\W_]+)*")
_CODE = re.compile(r"[^\W_]+(?:[_-][^\W_]+)+|[^\W_]+")
_FOLDED = str.maketrans(
    {"æ": "ae", "ø": "o", "å": "a", "ä": "ae", "ö": "o", "é": "e", "è": "e", "ê": "e", "ò": "o", "ó": "o", "ô": "o",
     "ü": "u", "á": "a", "š": "s", "č": "c", "ž": "z", "ŋ": "n", "đ": "d", "ŧ": "t"}
)  # fmt: skip
_EMPTY = frozenset((
    "og", "i", "på", "av", "for", "til", "fra", "frå", "med", "som", "er", "den", "det", "de", "dei", "en", "ei",
    "et", "eit", "hvor", "kor", "mange", "mye", "mykje", "hva", "kva", "hvem", "kven", "når", "hvilke", "hvilken",
    "kan", "jeg", "eg", "vi", "man", "hvordan", "korleis", "om", "eller", "ved", "etter", "per", "fordelt",
    "gjennomsnittlig", "the", "a", "an", "of", "in", "on", "to", "from", "with", "that", "is", "are", "how", "many",
    "much", "what", "which", "who", "when", "can", "we", "do", "does", "by", "or", "at", "and", "have", "has",
    "had", "did", "har", "hadde", "ble", "blei", "vart", "bli", "blir", "seg", "sin", "si", "sitt", "sine", "deres",
    "their", "they", "them", "than", "all", "alle", "noen", "nokon", "skal", "vil", "finnes", "finst", "data",
    "tall", "tal", "antall", "talet", "number", "statistikk", "statistics", "was", "were", "been", "get", "gets",
))  # fmt: skip
MOST = 12
"""Words of a question that are looked at."""


def fold(text: str) -> str:
    """Lower case, with the letters that a keyboard may lack written out.

    >>> fold("Fraværsdager på Ørsta")
    'fravaersdager pa orsta'
    """
    return _WRITTEN_OUT.sub(lambda found: found[0][0], text.lower().translate(_FOLDED))


_WRITTEN_OUT = re.compile("a{2,}|oe+")
"""How å and ø are written without their keys; folded to one letter, as they themselves are."""


def words(text: str) -> tuple[str, ...]:
    """The words of a text in lower case, in order, each once; a name with underscores stays whole and is cut as well.

    >>> words("Fravær, dager (ABSENCE_DAYS)")
    ('fravær', 'dager', 'absence_days', 'absence', 'days')
    """
    found: dict[str, None] = {}
    for whole in _CODE.findall(text.lower()):
        found[whole] = None
        found.update(dict.fromkeys(_WORD.findall(whole)))
        if "_" in whole:
            found.update(dict.fromkeys(whole.split("_")))
    return tuple(found)


def asked(text: str, synonyms: "Synonyms | None" = None) -> tuple[str, ...]:
    """The words that a question is about: without those that any question has, unless it has no others. Two words that
    have synonyms together are one.

    >>> asked("Hvor mange elever slutter på yrkesfag?")
    ('elever', 'slutter', 'yrkesfag')
    """
    found = list(words(text))
    for first, second in pairwise(words(text)):
        pair = f"{first} {second}"
        if synonyms and first in found and second in found and synonyms.has(pair):
            found[found.index(first)] = pair
            found.remove(second)
    return (tuple(word for word in found if word not in _EMPTY) or tuple(found))[:MOST]


def triples(word: str) -> tuple[str, ...]:
    """The letter triples of a folded word, with its beginning and end marked.

    >>> triples("fag")
    ('  f', ' fa', 'ag ', 'fag')
    """
    padded = f"  {fold(word)} "
    return tuple(sorted({padded[place : place + 3] for place in range(len(padded) - 2)}))


_ENDINGS = ("ene", "ane", "et", "en", "er", "ar", "a", "s", "e")
_PART = 5
"""A word of so many letters may be the first part of another."""
_ALIKE = 0.45
"""Share of letter triples in common from which a word may be another one misspelt."""


def _forms(word: str) -> Iterator[str]:
    """The word, and what it may be without a Norwegian or English ending."""
    yield word
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= _SHORTEST:
            yield word.removesuffix(ending)


_SHORTEST = 3


@document
class Synonyms:
    """Groups of words that mean nearly the same, in any of the languages."""

    groups: tuple[tuple[str, ...], ...] = ()

    def has(self, word: str) -> bool:
        """Whether a group has the word as it is."""
        return fold(word) in self._by_word

    def of(self, word: str) -> tuple[str, ...]:
        """The other words of each group that the word stands in: as it is, without its ending, or as its first part."""
        known = next((form for form in _forms(fold(word)) if form in self._by_word), None)
        if known is None:
            parts = (each for each in self._by_word if len(each) >= _PART and fold(word).startswith(each))
            known = max(parts, key=len, default="")
        near = self._by_word.get(known, ())
        return tuple(dict.fromkeys(other for group in near for other in group if fold(other) != fold(word)))

    def alike(self, word: str) -> tuple[str, ...]:
        """The word of the groups that is spelt most like it, if one is."""
        own = set(triples(word))
        shares = {each: len(own & theirs) / len(own | theirs) for each, theirs in self._triples.items()}
        best = max(shares, key=lambda each: (shares[each], each), default=None)
        return (best,) if best is not None and shares[best] >= _ALIKE else ()

    @cached_property
    def _triples(self) -> Mapping[str, set[str]]:
        return {word: set(triples(word)) for group in self.groups for word in group}

    @cached_property
    def _by_word(self) -> Mapping[str, list[tuple[str, ...]]]:
        found: dict[str, list[tuple[str, ...]]] = {}
        for group in self.groups:
            for word in group:
                found.setdefault(fold(word), []).append(group)
        return found


def read_synonyms(text: str, *, file: str) -> Synonyms:
    """Groups from YAML: a list of lists of words. Errors: `synonyms.unreadable` (Mistake)."""
    try:
        groups = yaml.safe_load(text) if text else []
    except yaml.YAMLError as failure:
        mark = getattr(failure, "problem_mark", None)
        raise _unreadable(file, f" line {mark.line + 1}" if mark else "") from None
    if not isinstance(groups, list):
        raise _unreadable(file, "")
    for number, group in enumerate(groups, start=1):
        if not _is_group(group):
            raise _unreadable(file, f" group {number}")
    return Synonyms(groups=tuple(tuple(group) for group in groups))


def _is_group(group: object) -> bool:
    return isinstance(group, Sequence) and not isinstance(group, str) and all(isinstance(word, str) for word in group)


def _unreadable(file: str, line: str) -> Mistake:
    return Mistake(
        "synonyms.unreadable", "The file is no list of groups of words.",
        hint="Write `- [absence, fravær]`, and numbers in quotes.",
        where=f"{file}{line}",
    )  # fmt: skip
