"""What a consumer may read is computed at every question: open generations, today's grant, fresh lists."""

from datetime import timedelta

import pyarrow.parquet as pq
import pytest

from avrop.actions import decide, disclose, permissions
from avrop.actions import facts as f
from avrop.actions.permissions import permitted
from avrop.actors import Role
from avrop.demo import deciding, delivering
from avrop.demo.asking import reference
from avrop.demo.opening import refresh_lists
from avrop.demo.scene import Scene
from avrop.errors import AvropError
from avrop.store import consumers, db
from tests.scenes import quiet

SUBJECT = "0b1e6a52-7f0c-4a55-9a3e-2f5d1f1c0a01"
ANOTHER = "somebody-of-another-organisation"
UNREGISTERED = "somebody-unregistered"


@pytest.fixture(scope="module")
def served(scene: Scene) -> Scene:
    """The first generation is open; a consumer of the receiver is registered, and one of another organisation."""
    deciding.decide_all(scene, quiet())
    delivering.disclose_first(scene, quiet())
    operator = scene.person("provider", Role.OPERATOR)
    receiver = scene.person("receiver", Role.CUSTODIAN).organisation
    permissions.add_consumer(scene.provider, operator, subject=SUBJECT, organisation=receiver)
    permissions.add_consumer(scene.provider, operator, subject=ANOTHER, organisation="another")
    return scene


def asked_for(scene: Scene) -> set[str]:
    """The variables that the call-off asked for."""
    with db.transaction(scene.provider.database) as connection:
        version = f.call_off(connection, reference(scene)).version
        assert version is not None
        return {asked.variable for asked in f.version(connection, version).variables}


def in_the_files(scene: Scene, case: str) -> set[str]:
    """The columns of the files that are served."""
    folder = disclose.served(scene.provider, case)
    return {name for file in folder.glob("*.parquet") for name in pq.read_schema(file).names}


def test_a_registered_consumer_may_read_what_is_open_for_its_organisation(served: Scene) -> None:
    (found,) = permitted(served.provider, SUBJECT)
    ref = reference(served)
    assert (found.call_off, found.delivery) == (ref, f"{ref}/delivery/1")
    assert len(in_the_files(served, found.delivery) - set(found.variables)) == 1  # the pseudonym
    assert set(found.variables) == in_the_files(served, found.delivery) & asked_for(served)
    assert found.variables == tuple(sorted(set(found.variables)))


@pytest.mark.parametrize(
    "subject",
    [UNREGISTERED, ANOTHER, "", SUBJECT.upper(), f"{SUBJECT} ", f"{SUBJECT}/", "..", "%", "a\x00b", "x" * 300, "blå"],
)
def test_anybody_else_may_read_nothing(served: Scene, subject: str) -> None:
    assert permitted(served.provider, subject) == ()


def test_a_consumer_that_is_removed_may_read_nothing(served: Scene) -> None:
    operator = served.person("provider", Role.OPERATOR)
    receiver = served.person("receiver", Role.CUSTODIAN).organisation
    permissions.add_consumer(served.provider, operator, subject="leaving", organisation=receiver)
    assert permitted(served.provider, "leaving") != ()
    permissions.remove_consumer(served.provider, operator, "leaving")
    assert permitted(served.provider, "leaving") == ()
    with pytest.raises(AvropError) as no:
        permissions.remove_consumer(served.provider, operator, "leaving")
    assert no.value.code == "consumer.unknown"


def test_a_consumer_that_acts_for_another_organisation_now_may_read_nothing(served: Scene) -> None:
    operator = served.person("provider", Role.OPERATOR)
    receiver = served.person("receiver", Role.CUSTODIAN).organisation
    permissions.add_consumer(served.provider, operator, subject="moving", organisation=receiver)
    permissions.add_consumer(served.provider, operator, subject="moving", organisation="another")
    assert permitted(served.provider, "moving") == ()
    with db.transaction(served.provider.database) as connection:
        assert [x.organisation for x in consumers.every(connection) if x.subject == "moving"] == ["another"]


@pytest.mark.parametrize(("side", "role"), [("receiver", Role.CUSTODIAN), ("03", Role.DECIDER)])
def test_only_the_providers_operator_registers_lists_and_removes(served: Scene, side: str, role: Role) -> None:
    who = served.person(side, role)
    for act in (
        lambda: permissions.add_consumer(served.provider, who, subject="mine", organisation=who.organisation),
        lambda: permissions.list_consumers(served.provider, who),
        lambda: permissions.remove_consumer(served.provider, who, SUBJECT),
    ):
        with pytest.raises(AvropError) as no:
            act()
        assert no.value.code == "consumer.operator"
    assert permitted(served.provider, "mine") == ()
    assert permitted(served.provider, SUBJECT) != ()


@pytest.mark.parametrize("subject", ["", "a b", "a\nb", "x" * 256])
def test_what_is_no_subject_is_not_registered(served: Scene, subject: str) -> None:
    with pytest.raises(AvropError) as no:
        permissions.add_consumer(
            served.provider, served.person("provider", Role.OPERATOR), subject=subject, organisation="another"
        )
    assert no.value.code == "consumer.subject"


def test_nothing_may_be_read_while_the_lists_are_too_old_nor_after_a_revocation(served: Scene) -> None:
    before = permitted(served.provider, SUBJECT)
    served.clock.advance(to=served.clock() + timedelta(days=30))
    assert permitted(served.provider, SUBJECT) == ()
    refresh_lists(served, served.person("provider", Role.OPERATOR))
    assert permitted(served.provider, SUBJECT) == before
    _revoke_one(served)
    assert permitted(served.provider, SUBJECT) == ()


def _revoke_one(scene: Scene) -> None:
    """No job has run after it."""
    code = scene.parties["story"]["revokes"]["controller"]
    decider = scene.person(code, Role.DECIDER)
    draft = decide.draft_revocation(scene.provider, decider, reference(scene), reason="A test.", recall=False)
    signed = scene.keys_of(code).sign(f"controller-{code}", "revocation", draft)
    decide.revoke(scene.provider, decider, reference(scene), signed)
