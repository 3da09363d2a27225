"""What a check of a call-off reads, and how it says what it found."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date

from avrop.catalogue.datasets import Catalogue
from avrop.catalogue.findings import Finding, Severity
from avrop.catalogue.variables import Variable
from avrop.governance.policy import Policy
from avrop.governance.purposes import CallOffVersion, RequestedVariable


@dataclass(frozen=True, kw_only=True)
class Context:
    """One version, the catalogue it asks from, the policy in force, and the day."""

    version: CallOffVersion
    catalogue: Catalogue
    policy: Policy
    today: date

    def variable(self, request: RequestedVariable) -> Variable | None:
        """The catalogue's variable of a request, or None."""
        try:
            if request.variable not in self.catalogue.dataset(request.dataset).variables:
                return None
            return self.catalogue.variable(request.variable)
        except KeyError:
            return None

    def needed_levels(self, name: str) -> list[str]:
        """The levels at which the table shells show a variable."""
        shells = (shell for analysis in self.version.analyses for shell in analysis.shells)
        return [d.level for shell in shells for d in shell.dimensions if d.variable == name]


@dataclass(frozen=True, kw_only=True)
class Found:
    """What a check says: about which subject, in one sentence, and what to do."""

    subject: str
    sentence: str
    hint: str = ""


@dataclass(frozen=True, kw_only=True)
class Check:
    """A registered check: its id, its version, what it asks, how severe its findings are."""

    id: str
    version: int
    asks: str
    severity: Severity
    find: Callable[[Context], Iterable[Found]]

    def run(self, context: Context) -> list[Finding]:
        """Its findings."""
        return [
            Finding(check=self.id, severity=self.severity, subject=f.subject, sentence=f.sentence, hint=f.hint)
            for f in self.find(context)
        ]


def named(request: RequestedVariable) -> str:
    """How a requested variable is called in findings."""
    return f"{request.dataset}.{request.variable}"
