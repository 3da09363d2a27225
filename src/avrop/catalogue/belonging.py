"""Whether a variable looks as if it belonged to the dataset that it arrived in.

What a publisher uploads may arrive in another dataset than was meant. The commons sees only what arrives: so a variable
that shares nothing with the others is doubted. Doubt is no proof: it is said, and refuses nothing.
"""

from collections.abc import Sequence

from avrop.catalogue.commons import DatasetEntry, VariableEntry


def looks_foreign(variable: VariableEntry, dataset: DatasetEntry, others: Sequence[VariableEntry]) -> bool:
    """True if the dataset has variables, and this one shares neither the first part of its name nor a subject with any
    of them, nor has the dataset's title as its subject. A variable without subjects says too little to be doubted."""
    subjects = _subjects(variable)
    known = {words.value for words in dataset.title}.union(*(_subjects(other) for other in others))
    if not others or not subjects or subjects & known:
        return False
    return _family(variable) not in {_family(other) for other in others}


def _subjects(variable: VariableEntry) -> set[str]:
    return {words.value for subject in variable.subjects for words in subject}


def _family(variable: VariableEntry) -> str:
    """The first part of the name, which by convention says where the variable comes from."""
    return variable.name.partition("_")[0]
