"""What a search's page shows: chips for what is chosen, facets with counts, and the pages of the answer."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from avrop.catalogue.search.questions import FACETS, PAGE, Answer, Bucket, Facet, Hit, Search
from avrop.web.texts import Speech, Spoken

_FEW = 6
"""Values of a facet that are shown before the rest is folded away."""
_AROUND = 2


@dataclass(frozen=True, kw_only=True, slots=True)
class Choice:
    """One value of a facet."""

    value: str
    label: Spoken
    count: int
    chosen: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Group:
    """One facet: the first of its values, and the rest. Neither where there is nothing to choose."""

    facet: Facet
    label: str
    first: tuple[Choice, ...]
    rest: tuple[Choice, ...]
    open: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Chip:
    """Something that is chosen, and the search without it."""

    label: str
    without: Search


@dataclass(frozen=True, kw_only=True, slots=True)
class Results:
    """Everything that the page shows of an answer."""

    total: int
    hits: tuple[Hit, ...]
    groups: tuple[Group, ...]
    chips: tuple[Chip, ...]
    first: int
    last: int
    pages: tuple[tuple[int, Search], ...]
    previous: Search | None
    following: Search | None
    respelled: tuple[tuple[str, str], ...]
    cleared: Search


def results(search: Search, answer: Answer, speech: Speech) -> Results:
    """The page's parts of an answer."""
    first, last = (search.page - 1) * PAGE + 1, max(-(-answer.total // PAGE), 1)
    return Results(
        total=answer.total, hits=answer.hits, groups=tuple(_groups(search, answer, speech)),
        chips=tuple(_chips(search, answer, speech)), first=min(first, answer.total),
        last=min(first + len(answer.hits) - 1, answer.total), pages=tuple(_pages(search, last)),
        previous=replace(search, page=search.page - 1) if search.page > 1 else None,
        following=replace(search, page=search.page + 1) if search.page < last else None,
        respelled=answer.respelled, cleared=Search(text=search.text, order=search.order),
    )  # fmt: skip


def _groups(search: Search, answer: Answer, speech: Speech) -> list[Group]:
    found: list[Group] = []
    for facet in FACETS:
        chosen = search.of(facet)
        known = {bucket.value: bucket for bucket in answer.facets[facet]}
        lost = [Bucket(value=value, label=(), count=0) for value in chosen if value not in known]
        choices = [_choice(facet, bucket, chosen, speech) for bucket in (*known.values(), *lost)]
        choices.sort(key=lambda each: (-each.count, speech.order(str(each.label))))
        if len(choices) <= 1 and not chosen:
            choices = []
        picked = [each for each in choices if each.chosen]
        free = [each for each in choices if not each.chosen]
        few = max(_FEW - len(picked), 0)
        group = Group(
            facet=facet, label=speech(f"facet.{facet}"), first=(*picked, *free[:few]), rest=tuple(free[few:]),
            open=bool(chosen) or sum(bool(each.first) for each in found) < 2,
        )  # fmt: skip
        found.append(group)
    return found


def _choice(facet: Facet, bucket: Bucket, chosen: Sequence[str], speech: Speech) -> Choice:
    return Choice(
        value=bucket.value, label=called(facet, bucket, speech), count=bucket.count, chosen=bucket.value in chosen
    )


def called(facet: Facet, bucket: Bucket, speech: Speech) -> Spoken:
    """What a facet's value is called: by its origin, by us, or as it is."""
    if bucket.label:
        return speech.of(bucket.label)
    return Spoken(text=speech.known(f"{facet}.{bucket.value}", bucket.value))


def _chips(search: Search, answer: Answer, speech: Speech) -> list[Chip]:
    chips = []
    for facet, values in search.chosen:
        labels = {bucket.value: bucket for bucket in answer.facets[facet]}
        for value in values:
            label = called(facet, labels.get(value, Bucket(value=value, label=(), count=0)), speech)
            chips.append(Chip(label=f"{speech(f'facet.{facet}')}: {label}", without=search.toggled(facet, value)))
    if search.since is not None or search.until is not None:
        years = f"{search.since or ''}–{search.until or ''}, {speech(f'search.{search.years}')}"
        chips.append(Chip(label=years, without=replace(search, since=None, until=None, page=1)))
    return chips


def _pages(search: Search, last: int) -> list[tuple[int, Search]]:
    """The first, the last, and those around this one."""
    near = {1, last, *range(search.page - _AROUND, search.page + _AROUND + 1)}
    return [(number, replace(search, page=number)) for number in sorted(near) if 1 <= number <= last]
