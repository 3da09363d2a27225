"""The simulator by the form that the core knows: profiles, plan, run, check and explain."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from avrop.catalogue.packform import Simulator
from avrop.vigo.simulator.checking import check
from avrop.vigo.simulator.explain import explain
from avrop.vigo.simulator.gallery import gallery
from avrop.vigo.simulator.plan import PROFILES, profile
from avrop.vigo.simulator.report import report
from avrop.vigo.simulator.run import Order, order_of, pieces, plan_of, run


def simulator() -> Simulator:
    """The simulator of a national VIGO of nobody."""
    return Simulator(
        profiles=tuple(PROFILES), plan=_plan, run=_run, check=check, explain=explain, report=report, gallery=_gallery
    )


def _plan(name: str, seed: int, block: int, parameters: Path | None) -> Mapping[str, int | str]:
    order = _order(name, seed, block, parameters)
    chosen, plan = profile(name), plan_of(order)
    chunks = pieces(plan, chosen, block)
    return {
        "profile": name, "seed": seed, "first cohort": chosen.cohorts.start, "last cohort": chosen.cohorts.stop - 1,
        "areas": len(chosen.bases), "groups": len(plan.groups(chosen)), "people": sum(each.people for each in chunks),
        "chunks": len(chunks), "parameters": plan.parameters.digest,
        "parameter rows": len(plan.parameters.rows),
        "of them assumptions": sum(row.assumed for row in plan.parameters.rows),
    }  # fmt: skip


def _run(
    folder: Path, name: str, seed: int, block: int, workers: int, parameters: Path | None, answers: Path | None,
    progress: Callable[[int, int], None],
) -> Mapping[str, Any]:  # fmt: skip
    return run(folder, _order(name, seed, block, parameters, answers), workers=workers, progress=progress)


def _gallery(folder: Path) -> list[tuple[str, int, str]]:
    order_of(folder)
    return [(each.name, each.lnr, each.about) for each in gallery().values()]


def _order(name: str, seed: int, block: int, parameters: Path | None, answers: Path | None = None) -> Order:
    places = [str(path.resolve()) if path else "" for path in (parameters, answers)]
    return Order(profile=name, seed=seed, block=block, parameters=places[0], answers=places[1])
