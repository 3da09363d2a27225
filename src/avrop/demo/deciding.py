"""Step 5: each controller sees its slice plan and answers by its own key; one is silent until the clock lapses it."""

from collections import Counter
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from avrop.actions import facts as f
from avrop.actions.forms import Answer
from avrop.actions.tasks import tick
from avrop.actors import Role
from avrop.demo.asking import reference
from avrop.demo.desk import desk
from avrop.demo.scene import Scene
from avrop.demo.teller import Teller
from avrop.governance.controllercase import ControllerState, ControllerStatus
from avrop.governance.slices import Coarsening, SliceTerms
from avrop.store import db

VALID_TO = date(2027, 6, 30)


def decide_all(scene: Scene, teller: Teller) -> None:
    """Eleven say yes, one on a condition, one for a shorter period, one says no; the last is silent."""
    ref, story = reference(scene), scene.parties["story"]
    first = scene.controllers[0]["code"]
    seen = desk(scene, first).look(scene.person(first, Role.CASE_HANDLER), ref)
    teller.table(f"What controller {first} is asked to let out", ("what", "exactly"), seen.readable)
    teller.fact(f"slice plan of {first}", seen.digest, "Its digest, which the decision is sealed to: {}")
    for party in scene.controllers:
        code = party["code"]
        if code != story["silent"] and _case(scene, ref, code).status is ControllerStatus.ASKED:
            _answer(scene, ref, code, story)
    scene.work()
    _let_the_silent_lapse(scene, ref, story["silent"])
    scene.work()
    _tell(scene, teller, ref)


def _answer(scene: Scene, ref: str, code: str, story: dict[str, Any]) -> None:
    """The controller looks, signs with its own key at home, and hands in what it signed: from its own installation if
    it has one, else from its people's desk."""
    decider, dpo = scene.person(code, Role.DECIDER), scene.person(code, Role.DPO)
    own = desk(scene, code)
    if code == scene.controllers[0]["code"]:
        own.advise(dpo, ref, advice="remarks", text="Delete as soon as the tables are published.")
    own.answer(decider, ref, _meant(code, story))


def _meant(code: str, story: dict[str, Any]) -> Answer:
    coarser, shorter, rejects = story["coarser"], story["shorter"], story["rejects"]
    if code == coarser["controller"]:
        level = Coarsening(dataset=coarser["dataset"], variable=coarser["variable"], level=coarser["level"])
        return Answer(
            outcome="approved with conditions", reasons=coarser["reasons"], valid_to=VALID_TO,
            terms=SliceTerms(coarsen=(level,)), conditions=(coarser["condition"],),
        )  # fmt: skip
    if code == shorter["controller"]:
        terms = SliceTerms(period_start=date.fromisoformat(shorter["start"]))
        return Answer(outcome="approved in part", reasons=shorter["reasons"], valid_to=VALID_TO, terms=terms)
    if code == rejects["controller"]:
        return Answer(outcome="rejected", reasons=rejects["reasons"], valid_to=VALID_TO)
    return Answer(outcome="approved", valid_to=VALID_TO)


def _let_the_silent_lapse(scene: Scene, ref: str, silent: str) -> None:
    case = _case(scene, ref, silent)
    if case.status is ControllerStatus.ASKED and case.cut_off is not None:
        next_day = datetime.combine(case.cut_off + timedelta(days=1), time(8), UTC)
        scene.clock.advance(to=next_day)
        tick(scene.provider)


def _case(scene: Scene, ref: str, code: str) -> ControllerState:
    with db.transaction(scene.provider.database) as connection:
        return f.controller_cases(connection, ref, (code,))[code]


def _tell(scene: Scene, teller: Teller, ref: str) -> None:
    names = {party["code"]: party["name"] for party in scene.controllers}
    cases = {code: _case(scene, ref, code) for code in names}
    rows = [(code, names[code], x.status, (x.slice_plan or x.asked_plan or "")[:23] + "…") for code, x in cases.items()]
    teller.table("Fifteen answers", ("code", "controller", "answer", "slice plan"), rows)
    for status, count in sorted(Counter(x.status for x in cases.values()).items()):
        teller.facts[f"controllers {status}"] = count
    limit = cases[scene.parties["story"]["silent"]].cut_off
    teller.say(f"The silent one lapsed when the time limit of {limit} had passed: silence never approves.")
