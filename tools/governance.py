"""The governance pages: the permission matrix, and the state diagram of each machine, from the rules themselves."""

from collections.abc import Mapping

from avrop.governance import calloff, controllercase, delivery
from avrop.governance.controllercase import ControllerStatus
from avrop.governance.rules import RULES, Machine, Rule

_ENDS: Mapping[Machine, Mapping[str, tuple[str, ...]]] = {
    "account": {},
    "call-off": {
        **{event: (status.value,) for event, status in calloff.STATUS_AFTER.items() if status},
        "OutcomeReached": tuple(status.value for status in calloff.OUTCOMES.values()),
    },
    "controller case": {
        **{event: (status.value,) for event, status in controllercase.STATUS_AFTER.items() if status},
        "ControllerDecided": tuple(
            status.value
            for status in ControllerStatus
            if status in controllercase.APPROVING or status is ControllerStatus.REJECTED
        ),
    },
    "delivery": {
        **{event: (status.value,) for event, status in delivery.STATUS_AFTER.items() if status},
        "GenerationClosed": ("closed unsent",),
    },
}
"""The states that each event can lead to, where it changes the state."""


def matrix() -> str:
    """Who may do what, in which states, and which events it may cause."""
    lines = [
        "# Who may do what",
        "",
        "Made from `src/avrop/governance/rules.py`. Everything that is not here is refused, with the reason.",
        "",
        "| machine | command | verb | who | in which states | may cause |",
        "|---|---|---|---|---|---|",
    ]
    for command, rule in RULES.items():
        who = f"{rule.side}: {', '.join(role.value for role in rule.roles)}"
        states = ", ".join(str(state) for state in rule.states)
        lines.append(
            f"| {rule.machine} | `{command.__name__}` | {rule.verb} | {who} | {states} | {', '.join(rule.events)} |"
        )
    return "\n".join(lines) + "\n"


def diagrams() -> str:
    """One state diagram per machine."""
    parts = [
        "# The machines",
        "",
        "Made from the rules table and the folds. A label is the command that may move it.",
        "",
    ]
    for machine, ends in _ENDS.items():
        if ends:
            parts += [f"## The {machine}", "", "```mermaid", "stateDiagram-v2", *_arrows(machine, ends), "```", ""]
    return "\n".join(parts)


def _arrows(machine: Machine, ends: Mapping[str, tuple[str, ...]]) -> list[str]:
    arrows: dict[tuple[str, str], list[str]] = {}
    for command, rule in RULES.items():
        if rule.machine == machine:
            for pair in _pairs(rule, ends):
                arrows.setdefault(pair, []).append(command.__name__)
    return [f"    {_name(a)} --> {_name(b)}: {', '.join(names)}" for (a, b), names in arrows.items()]


def _pairs(rule: Rule, ends: Mapping[str, tuple[str, ...]]) -> list[tuple[str, str]]:
    targets = dict.fromkeys(state for event in rule.events for state in ends.get(event, ()))
    return [(str(state), target) for state in rule.states for target in targets]


def _name(state: str) -> str:
    return "[*]" if state == "none" else state.replace(" ", "_")
