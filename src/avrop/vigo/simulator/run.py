"""A run: every chunk of a profile, by one or more processes; what is finished is kept, and the end is one root.

The root is a Merkle tree's over the groups in their order, each with its rows and logical hash by table. It does not
depend on workers, blocks or the order in which chunks were made.
"""

import json
import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from avrop.catalogue.packform import Simulation
from avrop.errors import Conflict, Fault, Missing, Mistake
from avrop.verifier import merkle
from avrop.vigo.simulator.answers import answers
from avrop.vigo.simulator.draws import VERSION
from avrop.vigo.simulator.forms import TABLES
from avrop.vigo.simulator.gallery import FIRST, gallery, joined, scripted_lives
from avrop.vigo.simulator.gallery import NAME as GALLERY
from avrop.vigo.simulator.life import live
from avrop.vigo.simulator.lives import Lives
from avrop.vigo.simulator.logical import Logical
from avrop.vigo.simulator.noise import PROFILES, spoil
from avrop.vigo.simulator.parameters import load, require_whole
from avrop.vigo.simulator.plan import Group, Plan, Profile, profile
from avrop.vigo.simulator.reference import NAME as REFERENCE
from avrop.vigo.simulator.reference import reference
from avrop.vigo.simulator.rows import tables
from avrop.vigo.simulator.writing import Chunk, finished, read_chunk, sweep, write_chunk, write_json

RUN, MANIFEST, REPORT = "run.json", "manifest.json", "report.html"


@dataclass(frozen=True, order=True)
class Piece:
    """A chunk to be made: a run of a group's people."""

    group: Group
    first: int
    people: int

    @property
    def name(self) -> str:
        """Group and the first person's place, such as 03-2015-00000."""
        return f"{self.group.name}-{self.first:05d}"


def pieces(plan: Plan, chosen: Profile, block: int) -> list[Piece]:
    """All chunks of a profile, in order."""
    found = []
    for group in plan.groups(chosen):
        size = chosen.size(plan.size(group))
        found += [Piece(group, first, min(block, size - first)) for first in range(0, size, block)]
    return found


def run(
    folder: Path, order: Simulation, *, workers: int = 1, progress: Callable[[int, int], None] | None = None
) -> dict[str, Any]:
    """Make what is not there yet, and close: gives the manifest of the whole. `progress` is told (done, all) chunks.

    Errors: `simulate.profile` (Missing), `simulate.block` (Mistake), `simulate.other_run` (Conflict), those of the
    parameters, `simulate.no_space`, `simulate.disk`, `simulate.worker` (Fault).
    """
    chosen = profile(order.profile)
    if order.block < 1 or workers < 1:
        raise Mistake("simulate.block", "Blocks and workers are at least 1.", hint="Give larger numbers.")
    if order.answers and order.answers.resolve().is_relative_to(folder.resolve()):
        hint = "Name a folder beside it."
        raise Mistake("simulate.answers", "Answer keys are kept outside of what is delivered.", hint=hint)
    if order.noise not in PROFILES or (order.noise != "clean" and not order.answers):
        hint = (
            f"The noise is one of {', '.join(PROFILES)}; other than clean it needs `--answers`, a folder for its key."
        )
        raise Mistake("simulate.noise", "Mess is made only where it can be told from the rest.", hint=hint)
    plan = plan_of(order)
    all_pieces = pieces(plan, chosen, order.block)
    _claim(folder, order, plan)
    wanted = [folder, order.answers] if order.answers else [folder]
    for place in wanted:
        sweep(place)
    missing = [
        piece for piece in all_pieces
        if not all(finished(place, piece.name) for place in wanted)
    ]  # fmt: skip
    done = len(all_pieces) - len(missing)
    tell = progress or (lambda _done, _all: None)
    tell(done, len(all_pieces))
    for _ in _made(folder, order, missing, workers):
        done += 1
        tell(done, len(all_pieces))
    if not finished(folder, REFERENCE):
        write_chunk(folder, REFERENCE, REFERENCE, 0, 0, reference(order.seed))
    if not all(finished(place, GALLERY) for place in wanted):
        _gallery(folder, order, plan)
    return close(folder, order)


def _gallery(folder: Path, order: Simulation, plan: Plan) -> None:
    """Write the scripted lives, and their keys."""
    made = [(group, lives, tables(plan, group, FIRST, lives)) for group, lives in scripted_lives(plan)]
    if order.answers:
        keys = joined([answers(group, FIRST, lives, rows) for group, lives, rows in made])
        write_chunk(order.answers, GALLERY, GALLERY, FIRST, len(gallery()), keys)
    write_chunk(folder, GALLERY, GALLERY, FIRST, len(gallery()), joined([rows for _, _, rows in made]))


def _made(folder: Path, order: Simulation, missing: Sequence[Piece], workers: int) -> Iterator[None]:
    if workers == 1 or len(missing) < 2:
        for piece in missing:
            make(folder, order, piece)
            yield
        return
    context = multiprocessing.get_context("spawn")
    pool = ProcessPoolExecutor(min(workers, len(missing)), mp_context=context, initializer=_end_with_parent)
    largest = sorted(missing, key=lambda piece: -piece.people)
    try:
        with _deaf():
            futures = [pool.submit(make, folder, order, piece) for piece in largest]
        for future in futures:
            future.result()
            yield
    except BrokenProcessPool:
        raise Fault("simulate.worker", "A worker ended by itself.", hint="Run again: it goes on.") from None
    finally:
        pool.shutdown(cancel_futures=True)


def _end_with_parent() -> None:
    """A worker whose parent was killed has nobody to answer: it ends at once."""
    parent = multiprocessing.parent_process()
    if parent is None:
        return

    def follow() -> None:
        parent.join()
        os._exit(1)

    threading.Thread(target=follow, daemon=True).start()


@contextmanager
def _deaf() -> Iterator[None]:
    """Processes that are started in here never hear Ctrl-C: they end their chunk, and this process tells."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    heard = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, heard)


def make(folder: Path, order: Simulation, piece: Piece) -> Chunk:
    """Make one chunk, and write it. Errors: as run."""
    plan = plan_of(order)
    lives = _lives(order, piece.group).only(piece.first, piece.people)
    made = tables(plan, piece.group, piece.first, lives)
    keys = answers(piece.group, piece.first, lives, made) if order.answers else {}
    if order.noise == "register":
        made, spoilt = spoil(order.seed, plan.parameters, made)
        keys = {**keys, **spoilt}
    if order.answers:
        write_chunk(order.answers, piece.name, piece.group.name, piece.first, piece.people, keys)
    return write_chunk(folder, piece.name, piece.group.name, piece.first, piece.people, made)


@lru_cache(maxsize=2)
def plan_of(order: Simulation) -> Plan:
    """The plan of a run. Errors: those of the parameters."""
    parameters = load(order.parameters)
    if order.parameters:
        require_whole(parameters, load())
    return Plan(parameters, order.seed)


@lru_cache(maxsize=1)
def _lives(order: Simulation, group: Group) -> Lives:
    return live(plan_of(order), group)


def _claim(folder: Path, order: Simulation, plan: Plan) -> None:
    """Say in the folder what is made here. Errors: `simulate.other_run` (Conflict)."""
    said = {
        "version": VERSION, "profile": order.profile, "seed": order.seed, "block": order.block, "noise": order.noise,
        "parameters": plan.parameters.digest, "folder": str(order.parameters.resolve()) if order.parameters else "",
    }  # fmt: skip
    path = folder / RUN
    if path.exists():
        try:
            there = json.loads(path.read_text(encoding="utf-8"))
        except ValueError:
            there = None
        if there != said:
            raise Conflict(
                "simulate.other_run", "The folder holds another run: other profile, seed, block or parameters.",
                hint="Name an empty folder.",
            )  # fmt: skip
    elif folder.exists() and not folder.is_dir():
        raise Conflict("simulate.other_run", "The folder's name is that of a file.", hint="Name a new folder.")
    elif folder.exists() and any(folder.iterdir()):
        raise Conflict("simulate.other_run", "The folder is not empty and holds no run.", hint="Name an empty folder.")
    else:
        write_json(path, said)


def order_of(folder: Path) -> Simulation:
    """What the folder holds a run of. Errors: `simulate.no_run` (Missing)."""
    try:
        said = json.loads((folder / RUN).read_text(encoding="utf-8"))
        return Simulation(
            profile=said["profile"], seed=said["seed"], block=said["block"], noise=said["noise"],
            parameters=Path(said["folder"]) if said["folder"] else None,
        )  # fmt: skip
    except (OSError, ValueError, KeyError):
        raise Missing(
            "simulate.no_run", "The folder holds no run.", hint="Name a folder that `simulate run` made."
        ) from None


def chunks(folder: Path, order: Simulation) -> list[Chunk]:
    """The manifests of all chunks. Errors: `simulate.unfinished` (Missing)."""
    plan = plan_of(order)
    names = [piece.name for piece in pieces(plan, profile(order.profile), order.block)]
    found = []
    for name in (*names, REFERENCE, GALLERY):
        chunk = read_chunk(folder, name)
        if chunk is None:
            hint = "Run it again: it goes on."
            raise Missing("simulate.unfinished", "The run is not finished.", hint=hint, chunk=name)
        found.append(chunk)
    return found


def close(folder: Path, order: Simulation) -> dict[str, Any]:
    """Write the manifest of the whole beside those of its chunks; gives it. Errors: as whole; those of write_json."""
    manifest = whole(folder, order)
    write_json(folder / MANIFEST, manifest)
    return manifest


def whole(folder: Path, order: Simulation) -> dict[str, Any]:
    """What the manifest of the whole says, from those of its chunks. Errors: as chunks."""
    groups: dict[str, dict[str, Logical]] = {}
    people = 0
    for chunk in chunks(folder, order):
        own = groups.setdefault(chunk.group, {})
        people += chunk.people
        for table in TABLES:
            own[table] = own.get(table, Logical()) + chunk.logical(table)
    leaves = [
        json.dumps([group, [[table, own[table].rows, own[table].text] for table in TABLES]], separators=(",", ":"))
        for group, own in groups.items()
    ]
    rows = {table: sum(own[table].rows for own in groups.values()) for table in TABLES}
    return {
        "version": VERSION, "profile": order.profile, "seed": order.seed, "noise": order.noise,
        "parameters": plan_of(order).parameters.digest,
        "root": merkle.root([merkle.leaf_hash(leaf.encode()) for leaf in leaves]).hex(), "groups": len(groups),
        "people": people, "rows": rows, "synthetic": True,
    }  # fmt: skip
