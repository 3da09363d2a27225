"""Each holder's keys as the log tells them, followed from those that the user holds: who signs when, and since which
entry.

A holder is `provider`, `receiver`, `log` or `controller/<code>`. A key is believed if the user holds it, or if an
unbroken chain of replacements, each signed by the old and by the new key, connects it with one that the user holds.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from avrop.verifier import signatures
from avrop.verifier.bundle import MALFORMED, Event

_LONGEST_OVERLAP_DAYS = 92
_CLOCKS_DIFFER = timedelta(minutes=5)
Note = Callable[[Event, str], None]


@dataclass
class Key:
    """A key with its time. `begins`, `ends` (replaced or not) and `ended` are numbers of lines; 0 for a first key."""

    public: str
    begins: int = 0
    since: datetime | None = None
    ends: int | None = None
    replaced_at: datetime | None = None
    accepted_until: str | None = None
    ended: int | None = None

    def wrong(self, dated: datetime, day: str) -> str | None:
        """Why it does not hold for a document of that moment which was recorded on that day, or None."""
        if self.ended is not None:
            return f"had ended at line {self.ended}"
        if self.replaced_at is not None and dated >= self.replaced_at:
            return f"was replaced at line {self.ends}, before the moment that it names"
        if self.accepted_until is not None and day > self.accepted_until:
            return f"was replaced at line {self.ends}, and accepted until {self.accepted_until} only"
        if self.since is not None and dated < self.since:
            return f"began at line {self.begins}, after the moment that it names"
        return None

    def wrong_for(self, size: int) -> str | None:
        """Why it does not hold for a checkpoint of that many entries, or None."""
        if self.ends is not None and size >= self.ends:
            return f"{'was replaced' if self.replaced_at else 'ended'} at line {self.ends}"
        return f"began at line {self.begins} only" if size < self.begins else None


class KeyChains:
    """What is known of keys so far, while the events are read in order.

    `held` gives the keys that the user holds by holder; `note` is told what is wrong at an event.
    """

    def __init__(self, documents: dict[str, Any], held: dict[str, tuple[str, ...]], note: Note) -> None:
        self._documents, self._held, self._note = documents, held, note
        self._keys: dict[str, list[Key]] = {}
        self._believed: dict[str, set[str]] = {}

    @staticmethod
    def read(events: list[Event], documents: dict[str, Any], held: dict[str, tuple[str, ...]]) -> "KeyChains":
        """All keys that the events tell of, without saying what is wrong."""
        chains = KeyChains(documents, held, _silent)
        chains.prepare(events)
        for event in events:
            try:
                chains.take(event)
            except MALFORMED:
                continue  # said, with its place, when the events are checked
        return chains

    def prepare(self, events: list[Event]) -> None:
        """Find which keys are believed: a chain holds in both directions, so this needs all events first."""
        linked: dict[str, list[set[str]]] = {}
        for event in events:
            try:
                self._link(event, linked)
            except MALFORMED:
                continue  # said, with its place, when the events are checked
        for holder, held in self._held.items():
            self._believed[holder] = set(held)
        for holder, chains in linked.items():
            held_keys = set(self._held.get(holder, ()))
            self._believed[holder] = held_keys.union(*(chain for chain in chains if chain & held_keys))

    def keys_of(self, holder: str) -> list[Key]:
        """A holder's keys so far, oldest first. Of provider, receiver and log, without an entry that says so: those
        that the user holds."""
        if holder in self._keys or holder.startswith("controller/"):
            return self._keys.get(holder, [])
        return [Key(public) for public in self._held.get(holder, ())]

    def believed(self, holder: str, public: str) -> bool:
        """Whether a key is one that the user holds, or is chained to one."""
        return public in self._believed.get(holder, ())

    def opened(self, document: dict[str, Any], kind: str, holder: str) -> tuple[dict[str, Any], Key] | None:
        """The body of a signed document and the holder's key that signed it, or None."""
        for key in self.keys_of(holder):
            body = signatures.opened(document, kind, key.public)
            if body is not None:
                return body, key
        return None

    def take(self, event: Event) -> None:
        """Go on by one event, and note what is wrong with it."""
        match event.kind:
            case "AgreementSigned":
                for side in ("provider", "receiver"):
                    self._named(event, side, event.data[f"{side}_key"])
            case "ControllerAdhered":
                self._named(event, f"controller/{event.data['controller']}", event.data["public_key"])
            case "KeyReplaced":
                self._replaced(event)
            case "KeyEnded":
                self._ended(event)
            case "KeyRenewed":
                self._renewed(event)

    def _named(self, event: Event, holder: str, public: str) -> None:
        """The first naming begins a chain; a later one brings no other key in."""
        if not self.believed(holder, public):
            one, owner = ("the key of", f" {_name(holder)}") if "/" in holder else (f"the {holder}'s key", "")
            self._note(event, f"{one}{owner} is not the one you hold")
        if holder not in self._keys:
            self._keys[holder] = [Key(public)]
        elif self._keys[holder][-1].public != public or self._keys[holder][-1].ends is not None:
            self._note(event, f"it names another key of {_name(holder)} than the one in force")

    def _replaced(self, event: Event) -> None:
        data, holder = event.data, event.data["holder"]
        if self._handed_over(event, self._note) is None:
            return
        keys = self._keys.setdefault(holder, [Key(data["old_key"])])
        old = keys[-1]
        if old.public != data["old_key"] or old.ends is not None:
            self._note(event, f"it replaces a key of {_name(holder)} that is not the one in force")
            return
        self._timely(event, old)
        if not self.believed(holder, data["new_key"]):
            self._note(event, f"you hold neither key of {_name(holder)}, nor one that a chain leads from")
        old.replaced_at, old.accepted_until = _moment(data["replaced_at"]), data["accepted_until"]
        old.ends = event.line.number
        keys.append(Key(data["new_key"], begins=event.line.number, since=_moment(data["replaced_at"])))

    def _handed_over(self, event: Event, note: Note) -> dict[str, Any] | None:
        """The replacement, if both keys signed the same, and the event says what it says."""
        data = event.data
        said = None
        for field, key in (("by_old", "old_key"), ("by_new", "new_key")):
            document = self._documents.get(data[field])
            said = signatures.opened(document or {}, "key replacement", data[key])
            which = "key that it replaces" if key == "old_key" else "new key"
            if said is None:
                missing = "is not here" if document is None else f"is not signed by the {which}"
                note(event, f"the chain of keys of {_name(data['holder'])} is broken: its replacement {missing}")
                return None
            if any(said[name] != data[name] for name in said) or len(said) != 5:
                note(event, f"it does not say what the replacement says that the {which} signed")
                return None
        return said

    def _timely(self, event: Event, old: Key) -> None:
        replaced, until = _moment(event.data["replaced_at"]), date.fromisoformat(event.data["accepted_until"])
        late = replaced > _moment(event.at) + _CLOCKS_DIFFER or (old.since is not None and replaced <= old.since)
        if late:
            self._note(event, "the key would begin before the one before it, or after this entry")
        if not 0 <= (until - replaced.date()).days <= _LONGEST_OVERLAP_DAYS:
            self._note(event, f"the old key would be accepted for more than {_LONGEST_OVERLAP_DAYS} days")

    def _ended(self, event: Event) -> None:
        holder = event.data["holder"]
        keys = self._keys.setdefault(holder, [Key(event.data["key"])])
        if keys[-1].public != event.data["key"] or keys[-1].ends is not None:
            self._note(event, f"it ends a key of {_name(holder)} that is not the one in force")
        for key in keys:  # a thief of the newest can have had the others
            if key.ended is None:
                key.ended = event.line.number
                key.ends = key.ends or key.ended

    def _renewed(self, event: Event) -> None:
        data, holder = event.data, event.data["holder"]
        keys = self._keys.get(holder, [])
        if not keys or keys[-1].ended is None:
            self._note(event, f"it renews a key of {_name(holder)} that had not ended")
            return
        document = self._documents.get(data["by_new"]) or {}
        said = signatures.opened(document, "key renewal", data["new_key"])
        same = said is not None and all(said[name] == data[name] for name in ("holder", "new_key", "renewed_at"))
        if said is None or not same or said["ended_key"] != keys[-1].public or said["decided_by"] != data["decided_by"]:
            self._note(event, "its renewal is not signed by the new key, or says something else")
            return
        if not self._vouched(event, said):
            return
        if not self.believed(holder, data["new_key"]):
            self._note(
                event,
                f"the new key of {_name(holder)} is not one you hold: others vouch for it, and the ended one did not "
                f"hand over to it; get it from {_name(holder)} by another way",
            )
        keys.append(Key(data["new_key"], begins=event.line.number, since=_moment(data["renewed_at"])))

    def _vouched(self, event: Event, said: dict[str, Any]) -> bool:
        parties = [party for party in ("provider", "receiver") if party != said["holder"]]
        given = event.data["vouchers"]
        for place, party in enumerate(parties):
            document = self._documents.get(given[place]) if place < len(given) else None
            found = self.opened(document or {}, "key renewal", party)
            if found is None or found[0] != said or not self.believed(party, found[1].public):
                self._note(event, f"the {party} does not vouch for the new key by its own signature")
                return False
            wrong = found[1].wrong(_moment(said["renewed_at"]), event.day)
            if wrong is not None:
                self._note(event, f"the key by which the {party} vouches {wrong}")
                return False
        return True

    def _link(self, event: Event, linked: dict[str, list[set[str]]]) -> None:
        data = event.data
        match event.kind:
            case "AgreementSigned":
                for side in ("provider", "receiver"):
                    linked.setdefault(side, []).append({data[f"{side}_key"]})
            case "ControllerAdhered":
                linked.setdefault(f"controller/{data['controller']}", []).append({data["public_key"]})
            case "KeyRenewed":
                linked.setdefault(data["holder"], []).append({data["new_key"]})
            case "KeyReplaced" if self._handed_over(event, _silent) is not None:
                chains = linked.setdefault(data["holder"], [])
                old, new = data["old_key"], data["new_key"]
                touched = [chain for chain in chains if chain & {old, new}]
                linked[data["holder"]] = [x for x in chains if x not in touched] + [{old, new}.union(*touched)]


def _silent(_event: Event, _sentence: str) -> None:
    """What is wrong is said when the events are checked, in their order."""


def _name(holder: str) -> str:
    return holder.replace("/", " ") if "/" in holder else f"the {holder}"


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError
    return moment
