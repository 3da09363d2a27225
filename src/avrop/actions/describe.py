"""Describe: read a catalogue's texts, check them, and say what is the matter."""

from collections.abc import Mapping

from avrop.catalogue.checks import run_checks
from avrop.catalogue.datasets import Catalogue
from avrop.catalogue.files import read_catalogue
from avrop.catalogue.findings import Finding


def describe(texts: Mapping[str, str]) -> tuple[Catalogue, tuple[Finding, ...]]:
    """The catalogue that the texts describe, and everything the checks find. Errors as `read_catalogue`."""
    catalogue = read_catalogue(texts)
    return catalogue, run_checks(catalogue)
