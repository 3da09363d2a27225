"""Publish our catalogue to an external commons of KUDAF: its upload tool's own calls, nothing twice, and a report.

What the back-end lists is there; what we sent last is kept by digest, so that the same is not sent again. A run that
stopped goes on by the same two looks.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal
from urllib.parse import quote

from avrop.actions.commons_shown import own_catalogue
from avrop.actions.outsidekey import key_to
from avrop.actors import Actor, Role
from avrop.canonical import digest, document
from avrop.catalogue import kudaf_posts as posts
from avrop.catalogue.kudaf_abouts import about_bodies
from avrop.catalogue.kudaf_answers import Standing, catalogue_called, dataset_called, is_number, is_text
from avrop.catalogue.kudaf_upload import configured
from avrop.catalogue.publishing import Publishing
from avrop.errors import AvropError, Mistake, Refusal
from avrop.outbound.kudaf_backend import Backend
from avrop.settings import ExternalSetting
from avrop.store import db, publications
from avrop.system import System

Done = Literal["sent", "sent again", "to send", "to send again", "there", "refused", "left", "removed", "to remove"]
"""`there`: nothing had to be sent; `left`: what it stands in was refused; `to send`: a dry run would have sent it."""
_PRETENDED: Mapping[str, int | str] = {"catalog": 0, "dataset": ""}
"""The ids that a dry run goes on with, of what is not there yet."""


@document
class Line:
    """What became of one thing; `said` is the back-end's own words, or why it was not sent."""

    kind: str
    name: str
    done: Done
    said: str | None = None


@dataclass(frozen=True, kw_only=True)
class Report:
    """What became of each thing, what the form has no place for, and what stopped the run, if anything did."""

    lines: tuple[Line, ...]
    left_out: tuple[tuple[str, int], ...]
    stopped: AvropError | None

    @property
    def refused(self) -> int:
        """How many things the back-end did not take."""
        return sum(line.done == "refused" for line in self.lines)


def publish(
    system: System,
    who: Actor,
    publishing: Publishing,
    *,
    data_url: str | None,
    dry_run: bool = False,
    again: bool = False,
) -> Report:
    """Publish the published catalogue version. `again` also sends what is there and was never sent from here.

    A dry run only reads, and needs no key. What goes wrong on the way stands in the report, with what was done before.
    Errors: `publish.operator` (Refusal), `publish.not_external`, `publish.no_key`, `publish.key_open`,
    `publish.key_form`, `load.no_catalogue` (Mistake).
    """
    outside, own, today = _outside(system, who), own_catalogue(system), system.clock().date()
    if own is None:
        raise Mistake("load.no_catalogue", "No catalogue version is published.", hint="Publish one first.")
    key = "" if dry_run else key_to(system, outside)
    backend = Backend(outbound=system.outbound, place=outside.url.rstrip("/") + "/", key=key)
    run = _Run(system, backend, dry_run=dry_run, again=again)
    stopped: AvropError | None = None
    beyond = False
    try:
        with db.publishing_alone(system.database):
            run.publish(configured(own, publishing, on=today, data_url=data_url))
            beyond = bool(run.homes) and backend.goes_beyond()
            if beyond:
                run.tell_more(about_bodies(own, publishing))
    except AvropError as failure:
        stopped = failure
    left_out = posts.left_out(own, publishing, on=today, beyond=beyond)
    return Report(lines=tuple(run.lines), left_out=left_out, stopped=stopped)


def _outside(system: System, who: Actor) -> ExternalSetting:
    if who.role is not Role.OPERATOR or who.organisation != system.settings.organisation:
        raise Refusal(
            "publish.operator", "Only an operator of this installation publishes to a commons.", hint="Ask one."
        )
    if system.settings.outside is None:
        raise Mistake(
            "publish.not_external",
            "The configuration names no external commons to publish to.",
            hint='Write `commons = "external"` and [external]; `avrop publish commons` writes for its upload tool.',
        )
    return system.settings.outside


@dataclass(frozen=True, kw_only=True)
class _Thing:
    """Something to publish: where it is sent, and the key of the answer that its id stands under, if it needs one."""

    kind: str
    name: str
    address: str
    body: Mapping[str, Any] = field(repr=False)
    of: str = ""
    is_beyond: bool = False


@dataclass(frozen=True, kw_only=True)
class _Home:
    """A dataset as it stands there after its upload; `gone` are the names there that we have no more."""

    id: str
    name: str
    is_new: bool
    gone: frozenset[str]


class _Run:
    """One run against one back-end; `lines` grow as things are done, so that they are there if it stops."""

    def __init__(self, system: System, backend: Backend, *, dry_run: bool, again: bool) -> None:
        self._system, self._backend = system, backend
        self._dry_run, self._again = dry_run, again
        self._sent: Mapping[tuple[str, str], str] = {}
        self.lines: list[Line] = []
        self.homes: list[_Home] = []

    def publish(self, told: posts.Told) -> None:
        """The catalogue and all that stands in it, in the upload tool's order. Errors: those of the back-end."""
        with db.transaction(self._system.database) as connection:
            self._sent = publications.digests(connection, self._backend.place)
        title = told["title"]
        standing = catalogue_called(self._backend.catalogues(), title, told["publisher"]["name"])
        body = posts.catalogue_body(told)
        number = self._settle(
            _Thing(kind="catalogue", name=title, address="catalogs", of="catalog", body=body), standing
        )
        if number is None:
            self._leave([("unit type", unit["shortName"]) for unit in told["unittypes"]])
            for dataset in told["datasets"]:
                self._leave([("dataset", dataset["title"]), *_variables(dataset)])
            return
        units = self._unit_types(told, number)
        listed = self._backend.datasets()
        for dataset in told["datasets"]:
            self._dataset(dataset, number, listed=listed, units=units)

    def _unit_types(self, told: posts.Told, number: int) -> Mapping[str, int]:
        """The numbers of those that are there at the end."""
        is_new = number == _PRETENDED["catalog"]
        before = {} if is_new else self._backend.unit_types(number)
        for unit in told["unittypes"]:
            name = unit["shortName"]
            standing = Standing(id=before[name]) if name in before else None
            body = posts.unit_type_body(unit, number)
            self._settle(_Thing(kind="unit type", name=name, address="unittypes", body=body), standing)
        if not self._dry_run:
            return self._backend.unit_types(number)
        named = (unit["shortName"] for unit in told["unittypes"])
        if is_new:  # which common ones there are is told only of a catalogue
            named = (
                name for dataset in told["datasets"] for x in dataset["variables"] for name in posts.units_named(x)
            )
        return dict.fromkeys(named, 0) | before

    def _dataset(self, told: posts.Told, number: int, *, listed: Sequence[Any], units: Mapping[str, int]) -> None:
        title, identifier = told["title"], told["identifier"]
        standing = dataset_called(listed, title, identifier, number)
        body = posts.dataset_body(told, number)
        known = self._settle(_Thing(kind="dataset", name=title, address="datasets", of="dataset", body=body), standing)
        held = self._held(title, known)
        if known is None or held is None:
            self._leave(_variables(told))
            return
        self.homes.append(_Home(id=known, name=identifier, is_new=standing is None, gone=held - _names(told)))
        for variable in told["variables"]:
            name = f"{identifier}/{variable['name']}"
            lacking = [unit for unit in posts.units_named(variable) if unit not in units]
            if lacking:
                self._note("variable", name, "refused", f"The back-end has no unit type {', '.join(lacking)}.")
                continue
            thing = _Thing(
                kind="variable", name=name, address="variables", body=posts.variable_body(variable, known, units)
            )
            self._settle(thing, Standing(id=name) if variable["name"] in held else None)

    def tell_more(self, abouts: Mapping[str, Mapping[str, Any]]) -> None:
        """What the upload cannot carry: more of each dataset, and that a variable which we sent is no more."""
        for home in self.homes:
            address = f"about/datasets/{quote(home.id)}"
            thing = _Thing(kind="about", name=home.name, address=address, body=abouts[home.name], is_beyond=True)
            was_told = not home.is_new and ("about", home.name) in self._sent
            self._settle(thing, Standing(id=home.id) if was_told else None)
            for variable in sorted(home.gone):
                name = f"{home.name}/{variable}"
                if ("variable", name) in self._sent:
                    found = None if self._dry_run else self._backend.remove(home.id, variable)
                    done: Done = "to remove" if found is None else "removed" if found.stored else "refused"
                    self._note("variable", name, done, found.said if found else None)

    def _held(self, title: str, dataset: str | None) -> frozenset[str] | None:
        """The names of the variables that a dataset has; None if that cannot be read, and it is said."""
        if not dataset:
            return frozenset()  # refused, or not there yet in a dry run
        found = self._backend.variables(dataset)
        if found is None:  # the tools would send everything a second time
            self._note("dataset", title, "refused", "It is listed, and cannot be read: none of its variables is sent.")
        return found

    def _settle(self, thing: _Thing, standing: Standing | None) -> Any | None:
        """Send a thing if it is not there, or otherwise than we sent it. Its id, or None if there is none to go on
        with. Errors: those of the back-end."""
        if standing is not None and standing.foreign is not None:
            self._note(thing.kind, thing.name, "refused", standing.foreign)
            return None
        sealed, known = digest(thing.body), self._sent.get((thing.kind, thing.name))
        if standing is not None and (known == sealed or (known is None and not self._again)):
            said = "It was not sent from here, so what it says was not looked at." if known is None else None
            self._note(thing.kind, thing.name, "there", said)
            return standing.id
        if self._dry_run:
            self._note(thing.kind, thing.name, "to send" if standing is None else "to send again")
            return _PRETENDED.get(thing.of) if standing is None else standing.id
        made = self._send(thing, sealed, is_there=standing is not None)
        return made if standing is None else standing.id

    def _send(self, thing: _Thing, sealed: str, *, is_there: bool) -> Any | None:
        if thing.is_beyond:
            found = self._backend.tell(thing.address, thing.body)
        else:
            found = self._backend.send(thing.address, thing.body, of=thing.of)
        if not found.stored:
            self._note(thing.kind, thing.name, "refused", found.said)
            return None
        self._system.reach("publication.taken")
        with db.transaction(self._system.database) as connection:
            publications.note(
                connection, self._backend.place, thing.kind, thing.name, digest=sealed, sent_at=self._system.clock()
            )  # fmt: skip
        fits = {"catalog": is_number, "dataset": is_text}.get(thing.of, lambda _: True)
        if not is_there and not fits(found.id):
            self._note(thing.kind, thing.name, "refused", "It was taken, and the answer has no id to go on with.")
            return None
        self._note(thing.kind, thing.name, "sent again" if is_there else "sent", found.said)
        return found.id

    def _leave(self, things: Sequence[tuple[str, str]]) -> None:
        for kind, name in things:
            self._note(kind, name, "left")

    def _note(self, kind: str, name: str, done: Done, said: str | None = None) -> None:
        self.lines.append(Line(kind=kind, name=name, done=done, said=said))


def _names(dataset: posts.Told) -> frozenset[str]:
    return frozenset(each["name"] for each in dataset["variables"])


def _variables(dataset: posts.Told) -> list[tuple[str, str]]:
    return [("variable", f"{dataset['identifier']}/{each['name']}") for each in dataset["variables"]]
