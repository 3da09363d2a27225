"""Looks for numbers that could be a real person's, in files of any kind."""
