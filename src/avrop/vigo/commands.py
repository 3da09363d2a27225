"""The simulator by the form that the core knows: profiles, plan, run, check, explain and deliver."""

import shutil
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from avrop.catalogue.packform import Simulation, Simulator
from avrop.vigo.delivery.deliver import deliver
from avrop.vigo.simulator.checking import check
from avrop.vigo.simulator.explain import explain
from avrop.vigo.simulator.gallery import gallery
from avrop.vigo.simulator.plan import PROFILES, profile
from avrop.vigo.simulator.report import report
from avrop.vigo.simulator.run import order_of, pieces, plan_of, run


def simulator() -> Simulator:
    """The simulator of a national VIGO of nobody."""
    return Simulator(
        profiles=tuple(PROFILES), plan=_plan, run=_run, check=check, explain=explain, report=report, gallery=_gallery,
        deliver=_deliver,
    )  # fmt: skip


def simulate(folder: Path, profile_name: str, seed: int, workers: int) -> Mapping[str, int]:
    """Write the catalogue's datasets of a run into a new folder, whole or not at all; the run itself is not kept.

    It lies beside the folder until then: after an interruption it goes on where it stopped. Gives rows by dataset and
    people by list. Errors: those of `run` and `deliver`.
    """
    made = folder.with_name(f".simulated-{profile_name}-{seed}")
    run(made, Simulation(profile=profile_name, seed=seed), workers=workers)
    counts = deliver(made, folder)
    shutil.rmtree(made)
    return counts


_ROWS_OF_ONE = 80
"""Rows of a person over all tables: 79.6 in the national profile, 84 in small."""


def _plan(order: Simulation) -> Mapping[str, int | str]:
    chosen, plan = profile(order.profile), plan_of(order)
    chunks = pieces(plan, chosen, order.block)
    people = sum(each.people for each in chunks) + len(gallery())
    return {
        "profile": order.profile, "seed": order.seed, "first cohort": chosen.cohorts.start,
        "last cohort": chosen.cohorts.stop - 1, "areas": len(chosen.bases), "groups": len(plan.groups(chosen)),
        "people": people, "rows, about": people * _ROWS_OF_ONE, "chunks": len(chunks),
        "parameters": plan.parameters.digest, "parameter rows": len(plan.parameters.rows),
        "of them assumptions": sum(row.assumed for row in plan.parameters.rows),
    }  # fmt: skip


def _run(folder: Path, order: Simulation, workers: int, progress: Callable[[int, int], None]) -> Mapping[str, Any]:
    return run(folder, order, workers=workers, progress=progress)


def _deliver(folder: Path, target: Path, progress: Callable[[int, int], None]) -> Mapping[str, int]:
    return deliver(folder, target, progress=progress)


def _gallery(folder: Path) -> list[tuple[str, int, str]]:
    order_of(folder)
    return [(each.name, each.lnr, each.about) for each in gallery().values()]
