"""Keys over time: whatever the history, what a key signed in its time stays verifiable, and nothing else is accepted.

Random histories are judged by three that share no code: a naive model here, the governance core, and the verifier.
"""

from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from avrop.accounts.bundle import checkpoint
from avrop.accounts.entries import Payload
from avrop.canonical import canonical, digest, read
from avrop.errors import Refusal
from avrop.governance import events as e
from avrop.governance.agreements import AccountState, evolve
from avrop.governance.keys import RENEWAL, REPLACEMENT, KeyRenewal, KeyReplacement, signed_by
from avrop.governance.returns import Receipt
from avrop.signed import Signed, sign
from avrop.verifier.compare import compare
from avrop.verifier.notes import sign_note
from avrop.verifier.verify import verify
from tests.examples import tried
from tests.verifier.making import ORIGIN, START, Account, make, private, public, raw, trusted, write

pytestmark = pytest.mark.slow


def now(made: Account) -> datetime:
    """When the next entry is made."""
    return START + timedelta(hours=len(made.entries))


def replace_key(
    made: Account, holder: str, old: str, new: str, *, days: int = 30, name: str = "", by: tuple[str, str] | None = None,
    **changes: Any,
) -> None:  # fmt: skip
    """A replacement; `by` names the private keys that sign it in place of old and new."""
    said = KeyReplacement(
        holder=holder, old_key=public(old), new_key=public(new), replaced_at=now(made),
        accepted_until=now(made).date() + timedelta(days=days),
    )  # fmt: skip
    said = replace(said, **changes)
    signers = by or (old, new)
    by_old, by_new = (
        made.document(
            f"{name}{holder} {old} {new} {n}",
            sign(REPLACEMENT, said, public_key=public(key), signer=private(signer).sign),
        )
        for n, (key, signer) in enumerate(zip((old, new), signers, strict=True))
    )
    event = e.KeyReplaced(**vars(said), by_old=by_old, by_new=by_new)
    made.say(name or f"replaced {holder} {new}", "account", event)


def end_key(made: Account, holder: str, key: str, *, name: str = "") -> None:
    ended = e.KeyEnded(holder=holder, key=public(key), why="stolen", ended_at=now(made))
    made.say(name or f"ended {holder} {key}", "account", ended)


def renew_key(made: Account, holder: str, ended: str, new: str, *vouchers: str, name: str = "") -> None:
    said = KeyRenewal(
        holder=holder, ended_key=public(ended), new_key=public(new), decided_by="Council", renewed_at=now(made)
    )
    sealed = [
        made.document(
            f"{name}{holder} {new} {n}", sign(RENEWAL, said, public_key=public(key), signer=private(key).sign)
        )
        for n, key in enumerate((new, *vouchers))
    ]
    event = e.KeyRenewed(
        holder=holder, new_key=public(new), decided_by="Council", renewed_at=said.renewed_at, by_new=sealed[0],
        vouchers=tuple(sealed[1:]),
    )  # fmt: skip
    made.say(name or f"renewed {holder} {new}", "account", event)


def faults(folder: Path, made: Account, *, old: str | None = None, by: str = "log", **held: Any) -> list[str]:
    """What the verifier finds, for a user that holds these keys."""
    files = made.files()
    entries = tuple(made.entries)
    files["checkpoint.txt"] = sign_note(checkpoint(ORIGIN, entries), ORIGIN, raw(by), private(by).sign).encode()
    bundle = write(folder, files)
    (folder / "keys.json").write_bytes(canonical(trusted() | held))
    if old is not None:
        (folder / "old.txt").write_text(old)
    return verify(bundle, keys=folder / "keys.json", checkpoint=folder / "old.txt" if old else None).faults


def place(made: Account, name: str) -> str:
    index = made.places[name]
    one = made.entries[index]
    return f"entries.jsonl line {index + 1}: entry {index} (case {one.case}, sequence {one.sequence})"


# --- the property ---------------------------------------------------------------------------------------------------

RECEIPT = st.tuples(st.just("receipt"), st.integers(0, 3), st.sampled_from([0, 1, 6, 70]))
STEP = st.one_of(
    st.tuples(st.just("replace"), st.integers(0, 2)),
    st.tuples(st.just("end")),
    st.tuples(st.just("wait"), st.sampled_from([1, 8, 30])),
    RECEIPT,
)
STEPS = st.lists(st.tuples(STEP, RECEIPT), min_size=3, max_size=9)
"""After each step a receipt by any key, dated back by some hours."""


class Model:
    """The receiver's keys as a naive list of (name, begins, replaced, until, ended)."""

    def __init__(self) -> None:
        self.keys: list[dict[str, Any]] = [{"name": "receiver", "begins": None, "replaced": None, "until": None}]
        self.ended: set[str] = set()

    def accepts(self, name: str, dated: datetime, at: datetime) -> bool:
        key = next(x for x in self.keys if x["name"] == name)
        began = key["begins"] is None or dated >= key["begins"]
        before = key["replaced"] is None or dated < key["replaced"]
        in_time = key["until"] is None or at.date() <= key["until"]
        return name not in self.ended and began and before and in_time


class History:
    """One account in the making, by all three: the bundle, the folded state, and the model."""

    def __init__(self) -> None:
        self.made, self.model = Account(), Model()
        self.expected: list[tuple[str, Signed, datetime, datetime, bool]] = []
        make_until_sent(self.made)

    def play(self, step: tuple[Any, ...]) -> None:
        getattr(self, f"_{step[0]}")(*step[1:])

    def _wait(self, days: int) -> None:
        for _ in range(days):  # an hour an entry: quiet entries let days pass
            self.made.say("quiet", "account", e.ScopeKeyMade(scope="s"))

    def _replace(self, days: int) -> None:
        current = self.model.keys[-1]
        if current["name"] in self.model.ended:
            return
        at, new = now(self.made), f"receiver {len(self.model.keys)}"
        replace_key(self.made, "receiver", current["name"], new, days=days)
        current |= {"replaced": at, "until": at.date() + timedelta(days=days)}
        self.model.keys.append({"name": new, "begins": at, "replaced": None, "until": None})

    def _end(self) -> None:
        current = self.model.keys[-1]["name"]
        if current not in self.model.ended:
            end_key(self.made, "receiver", current)
            self.model.ended |= {x["name"] for x in self.model.keys}
            new = f"receiver {len(self.model.keys)}"
            at = now(self.made)
            renew_key(self.made, "receiver", current, new, "provider")
            self.model.keys.append({"name": new, "begins": at, "replaced": None, "until": None})

    def _receipt(self, which: int, hours_ago: int) -> None:
        """A receipt by one of the keys, dated back by so many hours; recorded whether it holds or not."""
        at, number = now(self.made), sum("receipt of" in x for x in self.made.places)
        key = self.model.keys[-1 - which % len(self.model.keys)]["name"]
        dated = at - timedelta(hours=hours_ago)
        receipt = Receipt(
            manifest=self.made.made["manifest 1"], delivery="2026-001/delivery/1",
            files=(("d.parquet", digest("file 1")),), place="inbox", received_by=f"c{number}", received_at=dated,
        )  # fmt: skip
        sealed = self.made.sign(f"r{number}", "receipt", receipt, key)
        accepted = e.ReceiptAccepted(receipt=sealed, manifest=receipt.manifest)
        name = f"receipt of {number}"
        self.made.say(name, "2026-001/delivery/1", accepted, "custodian@receiver custodian")
        signed = sign("receipt", receipt, public_key=public(key), signer=private(key).sign)
        self.expected.append((name, signed, dated, at, self.model.accepts(key, dated, at)))

    def judged_by_governance(self) -> dict[str, bool]:
        """What the governance core says of each receipt, at its place in the log."""
        state, said = AccountState(), {}
        by_index = {self.made.places[name]: (name, signed, dated, at) for name, signed, dated, at, _ in self.expected}
        for index, entry in enumerate(self.made.entries):
            if index in by_index:
                name, signed, dated, at = by_index[index]
                try:
                    said[name] = signed_by(state.keys_of("receiver"), signed, kind="receipt", dated=dated, now=at)
                except Refusal:
                    said[name] = False
            elif entry.case == "account":
                state = evolve(state, event_of(entry.payload))
        return said


def event_of(payload: bytes | None) -> Any:
    return read(Payload, payload or b"", what="entry").event


def make_until_sent(made: Account) -> None:
    """The account up to a delivery that was sent."""
    whole = make()
    cut = whole.places["sent 1"] + 1
    made.entries, made.documents, made.made = whole.entries[:cut], dict(whole.documents), dict(whole.made)
    made.places = {name: index for name, index in whole.places.items() if index < cut}
    named = b"".join(x.payload or b"" for x in made.entries)
    keep = {x for x in made.documents if x.encode() in named}
    for sealed in list(keep):
        keep |= {x for x in made.documents if x.encode() in made.documents[sealed]}
    made.documents = {x: body for x, body in made.documents.items() if x in keep}


@given(steps=STEPS)
@tried(100)
def test_every_document_stays_verifiable_and_nothing_by_an_ended_key_is_accepted(
    tmp_path_factory: pytest.TempPathFactory, steps: list[tuple[tuple[Any, ...], tuple[Any, ...]]]
) -> None:
    history = History()
    for step, receipt in steps:
        history.play(step)
        history.play(receipt)
    chains = [x["name"] for x in history.model.keys]
    held = [public(name) for name in chains]
    found = faults(tmp_path_factory.mktemp("h"), history.made, receiver=held)
    found = [x for x in found if "ReceiptAccepted is not possible in a case that is" not in x]  # one is enough, else
    refused = {name for name, *_ in history.expected if any(x.startswith(place(history.made, name)) for x in found)}
    by_model = {name for name, *_, holds in history.expected if not holds}
    assert {name for name, holds in history.judged_by_governance().items() if not holds} == by_model
    assert refused == by_model
    assert len(found) == len(by_model), found


# --- one at a time --------------------------------------------------------------------------------------------------


def test_who_holds_any_one_key_of_an_unbroken_chain_verifies_all_of_it(tmp_path: Path) -> None:
    made = make(then={"receipted 1": lambda x: replace_key(x, "receiver", "receiver", "r1")}, keys={
        "confirmation 1": "r1", "receipt 2": "r1",
    }, changes={
        "sign confirmation 1": lambda body: body | {"deleted_at": "2026-03-03T00:00:00Z"},
        "sign receipt 2": lambda body: body | {"received_at": "2026-03-03T00:00:00Z"},
    })  # fmt: skip
    replace_key(made, "receiver", "r1", "r2")
    for number, held in enumerate(("receiver", "r1", "r2")):
        assert faults(tmp_path / str(number), made, receiver=public(held)) == []
    first = faults(tmp_path / "stranger", made, receiver=public("x"))[0]
    assert first == f"{place(made, 'agreement')}: the receiver's key is not the one you hold"


def rotated(**more: Any) -> Account:
    """c1's key is replaced before it decides."""
    return make(then={"asked c3": lambda x: replace_key(x, "controller/c1", "c1", "n1", name="rotation", **more)})


def test_a_replaced_key_that_signs_anew_is_found(tmp_path: Path) -> None:
    made = make(
        then={"asked c3": lambda x: replace_key(x, "controller/c1", "c1", "n1", name="rotation")},
        changes={"sign decision c1": lambda body: body | {"decided_at": "2026-03-05T08:00:00Z"}},
    )
    line = made.places["rotation"] + 1
    assert faults(tmp_path, made)[0] == (
        f"{place(made, 'decided c1')}: its decision is signed by a key that was replaced at line {line}, before the "
        "moment that it names"
    )


def test_what_the_old_key_signed_before_is_sound_within_its_time_and_a_fault_after_it(tmp_path: Path) -> None:
    assert faults(tmp_path / "a", rotated(days=30)) == []

    def a_day_later(said: dict[str, Any]) -> dict[str, Any]:
        return said | {"at": "2026-03-03T08:00:00Z"}

    made = make(
        then={"asked c3": lambda x: replace_key(x, "controller/c1", "c1", "n1", name="rotation", days=1)},
        changes={"say decided c1": a_day_later},
    )
    assert faults(tmp_path / "b", made)[0] == (
        f"{place(made, 'decided c1')}: its decision is signed by a key that was replaced at line "
        f"{made.places['rotation'] + 1}, and accepted until 2026-03-02 only"
    )


def test_a_document_dated_before_its_key_began_is_found(tmp_path: Path) -> None:
    made = make(
        then={"asked c3": lambda x: replace_key(x, "controller/c1", "c1", "n1", name="rotation")},
        keys={"decision c1": "n1"},
    )
    assert faults(tmp_path, made)[0].endswith(
        f"its decision is signed by a key that began at line {made.places['rotation'] + 1}, after the moment that it names"
    )


@pytest.mark.parametrize(
    ("by", "says"),
    [
        (
            ("x", "n1"),
            "the chain of keys of controller c1 is broken: its replacement is not signed by the key that it replaces",
        ),
        (("c1", "x"), "the chain of keys of controller c1 is broken: its replacement is not signed by the new key"),
    ],
)
def test_a_replacement_that_one_of_the_keys_did_not_sign_breaks_the_chain(
    tmp_path: Path, by: tuple[str, str], says: str
) -> None:
    made = make(
        then={"asked c3": lambda x: replace_key(x, "controller/c1", "c1", "n1", name="rotation", by=by)},
        keys={"decision c1": "n1"},
    )
    found = faults(tmp_path, made)
    assert found[0] == f"{place(made, 'rotation')}: {says}"
    assert f"{place(made, 'decided c1')}: its decision does not carry the signature of the party it is of" in found


def test_a_replacement_by_the_provider_of_a_controllers_key_is_found(tmp_path: Path) -> None:
    """A dishonest provider has keys of its own, and not the controller's."""
    made = make(
        then={"asked c3": lambda x: replace_key(x, "controller/c1", "mine", "n1", name="rotation")},
        keys={"decision c1": "n1"},
    )
    found = faults(tmp_path, made)
    assert found[0] == f"{place(made, 'rotation')}: it replaces a key of controller c1 that is not the one in force"


def test_a_replacement_that_is_not_here_breaks_the_chain(tmp_path: Path) -> None:
    made = rotated()
    sealed = next(x for name, x in made.made.items() if name.startswith("rotationcontroller/c1") and name.endswith("0"))
    del made.documents[sealed]
    found = faults(tmp_path, made)
    assert (
        f"{place(made, 'rotation')}: the chain of keys of controller c1 is broken: its replacement is not here" in found
    )


def test_an_event_that_says_another_day_than_the_replacement_is_found(tmp_path: Path) -> None:
    def later(said: dict[str, Any]) -> dict[str, Any]:
        return said | {"event": said["event"] | {"accepted_until": "2026-05-30"}}

    made = make(
        then={"asked c3": lambda x: replace_key(x, "controller/c1", "c1", "n1", name="rotation")},
        changes={"say rotation": later},
    )
    assert "it does not say what the replacement says that the key that it replaces signed" in faults(tmp_path, made)[0]


def test_an_overlap_that_is_too_long_is_found(tmp_path: Path) -> None:
    assert "the old key would be accepted for more than 92 days" in faults(tmp_path, rotated(days=93))[0]


@pytest.mark.parametrize("changes", [{"replaced_at": START + timedelta(days=30), "accepted_until": date(2026, 4, 1)}])
def test_a_key_that_begins_after_its_entry_is_found(tmp_path: Path, changes: dict[str, Any]) -> None:
    assert (
        "the key would begin before the one before it, or after this entry" in faults(tmp_path, rotated(**changes))[0]
    )


def test_whatever_an_ended_key_signed_is_a_fault_after_its_end(tmp_path: Path) -> None:
    made = make(then={"asked c3": lambda x: end_key(x, "controller/c1", "c1", name="end")})
    line = made.places["end"] + 1
    assert faults(tmp_path, made)[0] == (
        f"{place(made, 'decided c1')}: its decision is signed by a key that had ended at line {line}"
    )


def test_what_was_recorded_before_the_end_stands(tmp_path: Path) -> None:
    made = make()
    end_key(made, "controller/c1", "c1")
    assert faults(tmp_path, made) == []


def renewed(*vouchers: str) -> Account:
    def then(made: Account) -> None:
        end_key(made, "controller/c1", "c1", name="end")
        renew_key(made, "controller/c1", "c1", "n1", *vouchers, name="renewal")

    late = {"sign decision c1": lambda body: body | {"decided_at": "2026-03-05T08:00:00Z"}}
    return make(then={"asked c3": then}, keys={"decision c1": "n1"}, changes=late)


def test_a_renewed_key_holds_for_whoever_holds_it_and_for_nobody_else(tmp_path: Path) -> None:
    """Provider and receiver together cannot make up a key of a controller: its own word is still needed."""
    made = renewed("provider", "receiver")
    both = trusted()["controllers"] | {"c1": [public("c1"), public("n1")]}
    assert faults(tmp_path / "a", made, controllers=both) == []
    found = faults(tmp_path / "b", made)
    assert found[0] == (
        f"{place(made, 'renewal')}: the new key of controller c1 is not one you hold: others vouch for it, and the ended "
        "one did not hand over to it; get it from controller c1 by another way"
    )
    assert f"{place(made, 'decided c1')}: its decision does not carry the signature of the party it is of" in found


@pytest.mark.parametrize(
    ("vouchers", "missing"), [(("provider",), "receiver"), (("receiver", "receiver"), "provider"), ((), "provider")]
)
def test_a_renewal_without_the_word_of_both_parties_is_found(
    tmp_path: Path, vouchers: tuple[str, ...], missing: str
) -> None:
    made = renewed(*vouchers)
    both = trusted()["controllers"] | {"c1": [public("c1"), public("n1")]}
    found = faults(tmp_path, made, controllers=both)
    assert found[0] == f"{place(made, 'renewal')}: the {missing} does not vouch for the new key by its own signature"


def test_a_second_adhesion_brings_no_ended_key_back(tmp_path: Path) -> None:
    def then(made: Account) -> None:
        end_key(made, "controller/c1", "c1", name="end")
        again = e.ControllerAdhered(
            controller="c1", name="c1", public_key=public("c1"), competent_body="Council", notice_published=None
        )
        made.say("again", "account", again)

    made = make(then={"asked c3": then})
    found = faults(tmp_path, made)
    assert found[0] == f"{place(made, 'again')}: it names another key of controller c1 than the one in force"
    assert any("had ended" in x for x in found)


@pytest.mark.parametrize("held", ["log", "log 2"])
def test_the_logs_chain_is_followed_from_any_of_its_keys(tmp_path: Path, held: str) -> None:
    made = make()
    old = made.files()["checkpoint.txt"].decode()
    replace_key(made, "log", "log", "log 2")
    keys = {"name": ORIGIN, "key": public(held)}
    assert faults(tmp_path, made, old=old, by="log 2", log=keys) == []


def test_a_checkpoint_by_a_replaced_or_not_yet_begun_key_of_the_log_is_found(tmp_path: Path) -> None:
    made = make()
    early = sign_note(checkpoint(ORIGIN, tuple(made.entries)), ORIGIN, raw("log 2"), private("log 2").sign)
    size = len(made.entries)
    replace_key(made, "log", "log", "log 2")
    assert faults(tmp_path / "a", made, by="log") == [
        f"checkpoint.txt: it speaks of {size + 1} entries, and is signed by a key of the log that was replaced at line "
        f"{size + 1}"
    ]
    assert faults(tmp_path / "b", made, by="log 2", old=early) == [
        f"the old checkpoint: it speaks of {size} entries, and is signed by a key of the log that began at line "
        f"{size + 1} only"
    ]


def test_two_checkpoints_by_an_old_and_a_new_key_are_compared() -> None:
    made = make()
    one = sign_note(checkpoint(ORIGIN, tuple(made.entries)), ORIGIN, raw("log"), private("log").sign)
    other = sign_note(checkpoint(ORIGIN, tuple(made.entries)), ORIGIN, raw("log 2"), private("log 2").sign)
    assert compare(one, other, name=ORIGIN, public_key=(raw("log"), raw("log 2"))) is None
    with pytest.raises(ValueError, match="not signed with the log's key"):
        compare(one, other, name=ORIGIN, public_key=raw("log"))


def test_another_delivery_after_a_rotation_of_the_provider_is_sound(tmp_path: Path) -> None:
    made = make(
        then={"deleted 1": lambda x: replace_key(x, "provider", "provider", "p2")},
        keys={"manifest 2": "p2"},
        changes={"sign manifest 2": lambda body: body | {"made_at": "2026-03-20T08:00:00Z"}},
    )
    assert faults(tmp_path, made) == []
