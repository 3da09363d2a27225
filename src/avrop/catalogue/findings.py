"""A finding: what a check says of a catalogue or of a call-off. Facts and questions, never approvals."""

from typing import Literal

from avrop.canonical import document
from avrop.catalogue.codelists import CodeList
from avrop.catalogue.datasets import Catalogue, Dataset
from avrop.catalogue.unittypes import UnitType
from avrop.catalogue.variables import Variable

Severity = Literal["note", "question", "stop"]


@document
class Finding:
    """`check` is the check's id; `subject` what it is about; `sentence` what is the matter; `hint` what to do."""

    check: str
    severity: Severity
    subject: str
    sentence: str
    hint: str = ""


@document
class CodeIn:
    """A code of a list, by its place there, from 0: the same code may stand several times."""

    code_list: CodeList
    place: int

    @property
    def name(self) -> str:
        """What a finding on it is about: the list."""
        return self.code_list.name


Item = Catalogue | UnitType | CodeList | CodeIn | Variable | Dataset
"""What a finding is about."""

Found = tuple[Item, str, str]
"""(item, sentence, hint)"""
