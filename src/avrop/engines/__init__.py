"""Muscle: each engine runs the same plan."""
