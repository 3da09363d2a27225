"""Checks an exported account alone: standard library and `cryptography` only."""
