"""The inbox: bytes in order, each once; nothing kept before everything is verified; one receipt, the same again."""

import pytest

from avrop.actions import inbox, receive, sealingkeys
from avrop.actors import Actor, OrganisationId, PersonId, Role
from avrop.canonical import read
from avrop.errors import AvropError, Conflict, Missing, Mistake, Refusal, Tampered
from avrop.governance.returns import Receipt
from tests.inbox.conftest import Post, whole
from tests.packages.making import EXPIRES, FILES, Signatory

CUSTODIAN = Actor(person=PersonId("ann"), organisation=OrganisationId("receiver"), role=Role.CUSTODIAN)


def send(post: Post, package: str, data: bytes, *, at: int = 0, size: int = 100) -> inbox.Arrival:
    """All bytes from `at` on, in pieces."""
    arrival = inbox.look(post.receiver, "provider", package)
    for offset in range(at, len(data), size):
        arrival = inbox.take_piece(post.receiver, "provider", package, offset=offset, data=data[offset : offset + size])
    return arrival


def refused(code: str, kind: type[AvropError], attempt: object) -> AvropError:
    with pytest.raises(kind) as no:
        attempt()  # type: ignore[operator]
    assert no.value.code == code
    return no.value


@pytest.mark.parametrize("size", [1 << 20, 997, 64])
def test_a_package_arrives_in_pieces_is_verified_and_receipted(post: Post, size: int) -> None:
    package = post.package()
    name, data = package.header.package, whole(package)
    assert send(post, name, data, size=size).received == len(data)
    receipt = inbox.accept(post.receiver, "provider", name)
    said = read(Receipt, receipt.body, what="The receipt")
    assert dict(said.files).keys() == FILES.keys()
    assert (said.received_by, post.incoming(), post.kept()) == ("inbox", [], [name])
    kept = post.receiver.zone.path(f"packages/{name}")
    assert {file: (kept / file).read_bytes() for file in FILES} == FILES


def test_everything_may_be_sent_twice(post: Post) -> None:
    package = post.package()
    name, data = package.header.package, whole(package)
    send(post, name, data)
    assert send(post, name, data, size=77).received == len(data)
    first = inbox.accept(post.receiver, "provider", name)
    assert inbox.accept(post.receiver, "provider", name) == first
    look = inbox.look(post.receiver, "provider", name)
    assert (look.state, look.receipt) == ("receipted", first)
    refused("inbox.ended", Conflict, lambda: send(post, name, data))
    assert len(receive.packages(post.receiver)) == 1


def test_it_goes_on_where_it_was_cut(post: Post) -> None:
    package = post.package()
    name, data = package.header.package, whole(package)
    send(post, name, data[:500])
    assert inbox.look(post.receiver, "provider", name).received == 500
    no = refused("inbox.gap", Conflict, lambda: send(post, name, data, at=600))
    assert no.where["offset"] == 500
    refused("package.incomplete", Mistake, lambda: inbox.accept(post.receiver, "provider", name))
    send(post, name, data, at=500)
    inbox.accept(post.receiver, "provider", name)


def test_what_a_killed_process_wrote_and_did_not_count_is_written_again(post: Post) -> None:
    package = post.package()
    name, data = package.header.package, whole(package)
    send(post, name, data[:300])
    (path,) = post.incoming()
    path.write_bytes(path.read_bytes() + b"rubbish that was never counted")
    send(post, name, data, at=300)
    inbox.accept(post.receiver, "provider", name)


@pytest.mark.parametrize("place", [10, 700, -1])
def test_a_changed_byte_is_refused_and_nothing_is_kept(post: Post, place: int) -> None:
    package = post.package()
    name, data = package.header.package, bytearray(whole(package))
    data[place] ^= 1
    send(post, name, bytes(data))
    with pytest.raises((Tampered, Refusal, Mistake)) as no:
        inbox.accept(post.receiver, "provider", name)
    look = inbox.look(post.receiver, "provider", name)
    assert post.kept() == []
    assert no.value.code.startswith(("package.", "sealing."))
    if no.value.code != "package.incomplete":  # a length that was changed may ask for more bytes
        assert (look.state, look.why, post.incoming()) == ("refused", no.value.code, [])
        refused("inbox.ended", Conflict, lambda: inbox.accept(post.receiver, "provider", name))


def test_only_the_provider_of_the_agreement_sends_here(post: Post) -> None:
    name = post.package().header.package
    for sender in ("receiver", "another", ""):
        refused("inbox.not_yours", Refusal, lambda who=sender: inbox.look(post.receiver, who, name))
        refused("inbox.not_yours", Refusal, lambda who=sender: inbox.accept(post.receiver, who, name))
        refused(
            "inbox.not_yours", Refusal,
            lambda who=sender: inbox.take_piece(post.receiver, who, name, offset=0, data=b"x"),
        )  # fmt: skip
    assert post.incoming() == []


@pytest.mark.parametrize(
    "name", ["", "..", "../../x", "A" * 32, "g" * 32, "a" * 31, "a" * 33, "a" * 32 + "/", "a\x00" * 16]
)
def test_an_id_that_is_no_package_id_is_a_mistake(post: Post, name: str) -> None:
    refused("inbox.package_id", Mistake, lambda: inbox.take_piece(post.receiver, "provider", name, offset=0, data=b"x"))


def test_pieces_have_a_limit(post: Post) -> None:
    name, large = post.package().header.package, b"x" * (inbox.LARGEST_PIECE + 1)
    refused(
        "inbox.piece_too_large",
        Mistake,
        lambda: inbox.take_piece(post.receiver, "provider", name, offset=0, data=large),
    )


def test_nothing_that_never_came_is_accepted(post: Post) -> None:
    refused("inbox.nothing", Missing, lambda: inbox.accept(post.receiver, "provider", "0" * 32))


def test_another_signature_than_the_providers_is_refused(post: Post) -> None:
    package = post.package(signatory=Signatory())
    send(post, package.header.package, whole(package))
    refused("package.signature", Refusal, lambda: inbox.accept(post.receiver, "provider", package.header.package))
    assert post.kept() == []


def test_a_package_for_another_organisation_is_refused(post: Post) -> None:
    package = post.package(recipient="another")
    send(post, package.header.package, whole(package))
    refused("package.recipient", Refusal, lambda: inbox.accept(post.receiver, "provider", package.header.package))


def test_a_package_whose_time_is_over_is_refused(post: Post) -> None:
    package = post.package()
    send(post, package.header.package, whole(package))
    post.clock.now = EXPIRES
    refused("package.expired", Refusal, lambda: inbox.accept(post.receiver, "provider", package.header.package))
    assert post.kept() == []


def test_the_same_generation_in_another_package_has_the_same_receipt(post: Post) -> None:
    first, second = post.package(), post.package()
    receipts = []
    for package in (first, second):
        send(post, package.header.package, whole(package))
        receipts.append(inbox.accept(post.receiver, "provider", package.header.package))
    assert receipts[0] == receipts[1]
    assert post.kept() == [first.header.package]


def test_what_was_deleted_here_is_not_taken_in_again(post: Post) -> None:
    first, second = post.package(), post.package()
    send(post, first.header.package, whole(first))
    inbox.accept(post.receiver, "provider", first.header.package)
    receive.delete(post.receiver, CUSTODIAN, first.header.delivery, trigger="end", kept="nothing")
    send(post, second.header.package, whole(second))
    refused("package.deleted", Refusal, lambda: inbox.accept(post.receiver, "provider", second.header.package))
    assert post.kept() == []


def test_old_and_new_sealing_keys_open_during_the_overlap_and_a_lost_one_does_not(post: Post) -> None:
    for_old = post.package(generation=1)
    old = post.receiver.keys.sealing.current().key_id
    sealingkeys.rotate(post.receiver)
    for_new, late = post.package(generation=2), post.package(generation=3, public=None)
    assert for_new.header.sealing_key != old
    for package in (for_old, for_new):
        send(post, package.header.package, whole(package))
        inbox.accept(post.receiver, "provider", package.header.package)
    sealingkeys.lose(post.receiver, late.header.sealing_key)
    send(post, late.header.package, whole(late))
    no = refused("package.no_key", Refusal, lambda: inbox.accept(post.receiver, "provider", late.header.package))
    assert no.where["key"] == late.header.sealing_key


def test_a_package_that_its_sender_gave_up_is_forgotten(post: Post) -> None:
    package = post.package()
    name = package.header.package
    send(post, name, whole(package)[:200])
    inbox.drop(post.receiver, "provider", name)
    inbox.drop(post.receiver, "provider", name)
    assert (post.incoming(), inbox.look(post.receiver, "provider", name).state) == ([], "refused")


def test_a_package_that_is_kept_past_its_day_is_shown_as_such(post: Post) -> None:
    package = post.package()
    send(post, package.header.package, whole(package))
    inbox.accept(post.receiver, "provider", package.header.package)
    ((delivery, state, keep_until),) = receive.packages(post.receiver)
    assert (delivery, state, keep_until) == (package.header.delivery, "receipted", "2027-11-02")
    post.clock.now = post.clock.now.replace(year=2028)
    assert [state for _, state, _ in receive.packages(post.receiver)] == ["receipted, past its time"]
    receive.delete(post.receiver, CUSTODIAN, delivery, trigger="end of the period", kept="nothing")
    assert [state for _, state, _ in receive.packages(post.receiver)] == ["deleted"]
