"""Avrop: education data shared on purpose. Start reading in `avrop.actions`."""

__version__ = "0.1.0"
