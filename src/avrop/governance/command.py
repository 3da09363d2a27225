"""What all commands have in common."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True, slots=True)
class Command:
    """The base of all commands."""
