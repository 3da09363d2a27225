"""Scripts for those who work on Avrop; nothing of it is in the package."""
