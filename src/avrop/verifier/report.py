"""What a verification found: every check with its count, and every fault with its exact place."""

from dataclasses import dataclass, field


@dataclass
class Report:
    """`checks` holds (what was checked, how many); `faults` sentences with file, line, entry, case and sequence."""

    checks: list[tuple[str, int]] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    _noted: set[str] = field(default_factory=set, repr=False)

    @property
    def sound(self) -> bool:
        """Whether nothing is wrong."""
        return not self.faults

    def fault(self, sentence: str) -> None:
        """Note a fault once."""
        if sentence not in self._noted:
            self._noted.add(sentence)
            self.faults.append(sentence)

    def as_json(self) -> dict[str, object]:
        """The report as plain values."""
        return {"sound": self.sound, "checks": [list(check) for check in self.checks], "faults": self.faults}


class Unusable(Exception):
    """The input cannot be verified at all: a file is missing, or the keys cannot be read."""
