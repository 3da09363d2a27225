"""The framework agreement and adhesions: what is recorded for good is checked first."""

from dataclasses import replace

import pytest

from avrop.canonical import digest
from avrop.errors import Mistake
from avrop.governance import commands as c
from avrop.governance.cases import ACCOUNT
from tests.governance.world import KEYS, OPERATOR, POLICY, RULE, World

SOUND = KEYS["A"].public
NOT_KEYS = {
    "nonsense": "nonsense",
    "nothing": "",
    "too short": SOUND[:40],
    "too long": "A" * 48,
    "with a line end": SOUND + "\n",
    "with a stray sign": f"{SOUND[:10]}!{SOUND[10:]}",
    "written otherwise": f"{SOUND[:42]}{chr(ord(SOUND[42]) + 1)}=",
    "not in letters of base64": "å" * 44,
}


@pytest.mark.parametrize("text", NOT_KEYS.values(), ids=NOT_KEYS)
def test_a_controller_adheres_with_a_public_key_and_nothing_else(text: str) -> None:
    world = World().begin()
    before = list(world.events[ACCOUNT])
    adhere = c.Adhere(controller="D", name="D", public_key=text, competent_body="Council")
    with pytest.raises(Mistake) as no:
        world.do(OPERATOR, ACCOUNT, adhere)
    assert no.value.code == "keys.form"
    assert no.value.where == {"holder": "controller/D"}
    assert world.events[ACCOUNT] == before


@pytest.mark.parametrize("side", ["provider", "receiver"])
def test_the_agreement_names_public_keys_of_both_parties(side: str) -> None:
    sound = c.SignAgreement(
        provider="provider", provider_name="P", provider_key=KEYS["provider"].public, receiver="receiver",
        receiver_name="R", receiver_key=KEYS["receiver"].public, policy=digest(POLICY), rule=digest(RULE),
        general_purpose="statistics",
    )  # fmt: skip
    with pytest.raises(Mistake) as no:
        World().do(OPERATOR, ACCOUNT, replace(sound, **{f"{side}_key": "nonsense"}))
    assert no.value.code == "keys.form"
    assert no.value.where == {"holder": side}
    assert World().do(OPERATOR, ACCOUNT, sound)
