"""The eight verbs: start reading here."""
