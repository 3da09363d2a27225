"""The public register: each call-off with its purpose, variables, controllers in and out, deliveries and deletions.

It is computed from the log and the documents that it names, never typed.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from avrop.accounts.timeline import short
from avrop.governance.calloff import CallOffState
from avrop.governance.controllercase import APPROVING, ControllerState, ControllerStatus
from avrop.governance.delivery import DeliveryState
from avrop.governance.keys import HeldKeys, controller
from avrop.governance.purposes import CallOffVersion


@dataclass(frozen=True, kw_only=True)
class RegisterDelivery:
    """One delivery: its generation, where it stands, whether it is served, its manifest, and the columns that the
    manifest tells, each at the level it was delivered at."""

    case: str
    generation: int
    status: str
    open: bool
    manifest: str | None
    columns: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class RegisterEntry:
    """One call-off as the public sees it. Counts of people are not in it. `keys` says whose signing key, of those who
    sign in it, was replaced, lost or stolen, and when."""

    reference: str
    title: str
    status: str
    purpose: str
    receiver: str
    legal_basis: str
    period: str
    analyses: tuple[str, ...]
    variables: tuple[str, ...]
    included: tuple[str, ...]
    left_out: tuple[tuple[str, str], ...]
    kept_until: str
    deliveries: tuple[RegisterDelivery, ...]
    keys: tuple[str, ...] = ()


def register_entry(
    reference: str,
    state: CallOffState,
    version: CallOffVersion,
    cases: Mapping[str, ControllerState],
    deliveries: Mapping[str, DeliveryState],
    *,
    columns: Mapping[str, tuple[str, ...]],
    keys: HeldKeys | None = None,
) -> RegisterEntry:
    """The entry of one call-off. `columns`: what each delivery that has a manifest holds."""
    return RegisterEntry(
        reference=reference,
        title=version.title,
        status=state.status,
        purpose=version.purpose.statement,
        receiver=version.receiver,
        legal_basis=version.legal_basis,
        period=f"{version.period.start} to {version.period.end}",
        analyses=tuple(f"{analysis.id}: {analysis.question}" for analysis in version.analyses),
        variables=tuple(f"{v.dataset}.{v.variable} asked at level {v.level}" for v in version.variables),
        included=tuple(name for name, case in cases.items() if case.status in APPROVING),
        left_out=tuple((name, _why(case)) for name, case in cases.items() if case.status not in APPROVING),
        kept_until=str(version.retention.until),
        deliveries=tuple(
            RegisterDelivery(
                case=case,
                generation=d.generation,
                status=d.status,
                open=d.open,
                manifest=d.manifest,
                columns=columns.get(case, ()),
            )
            for case, d in deliveries.items()
        ),
        keys=tuple(_changes(keys or {}, ("provider", "receiver", *map(controller, cases)))),
    )


def told(entry: RegisterEntry) -> tuple[tuple[str, str], ...]:
    """The entry as lines that a person reads: what, and what the register says of it."""
    return (
        ("call-off", f"{entry.reference}: {entry.title}"),
        ("status", entry.status),
        ("purpose", entry.purpose),
        ("variables", "; ".join(entry.variables)),
        ("in", ", ".join(entry.included)),
        ("left out", ", ".join(f"{name} ({why})" for name, why in entry.left_out)),
        *(line for delivery in entry.deliveries for line in _delivered(delivery)),
        ("kept until", entry.kept_until),
        *(("key", change) for change in entry.keys),
    )


def _delivered(delivery: RegisterDelivery) -> Iterator[tuple[str, str]]:
    served = "served" if delivery.open else "closed"
    yield delivery.case, f"{delivery.status}, {served}, {short(delivery.manifest)}"
    if delivery.columns:
        yield "delivered", "; ".join(delivery.columns)


def _changes(keys: HeldKeys, signers: Iterable[str]) -> Iterator[str]:
    for holder in signers:
        for key in keys.get(holder, ()):
            if key.replaced_at is not None:
                yield f"{holder}: replaced {key.replaced_at:%Y-%m-%d}"
            if key.ended_at is not None:
                yield f"{holder}: ended {key.ended_at:%Y-%m-%d}"
            if key.since is not None and not key.linked:
                yield f"{holder}: renewed {key.since:%Y-%m-%d}"


def _why(case: ControllerState) -> str:
    return {ControllerStatus.LAPSED: "no decision", ControllerStatus.REVOKED: "revoked"}.get(case.status, case.status)
