"""One module of transitions per verb."""
