"""The jobs by name, and the tick of the clock: deadlines lapse, close and raise alarms, and never approve."""

from collections.abc import Callable, Mapping

from avrop.actions import assess, carts, decide, disclose, find, gathering, keyclock, push, receive, serving
from avrop.system import System

TASKS: Mapping[str, Callable[[System, str], None]] = {
    "assess.check": assess.check,
    "assess.measure": assess.measure,
    "assess.ask": assess.ask,
    "decide.outcome": decide.outcome,
    "disclose.build": disclose.build,
    "disclose.close": disclose.close,
    gathering.TASK: gathering.read_queued,
    push.TASK: push.transmit,
    "receive.close": receive.close,
    "serving.clear": serving.clear,
}
"""What the worker can do; each takes a case, and may be given it twice."""


def tick(system: System) -> tuple[str, ...]:
    """Do everything that is due by the clock. Returns the cases that changed."""
    changed = (
        *decide.lapse_due(system),
        *disclose.close_stale(system),
        *disclose.close_expired(system),
        *receive.alarms(system),
    )
    keyclock.tick(system)
    gathering.queue_due(system)
    find.refresh_own(system)
    carts.forget_expired(system)
    return changed
