"""What exists: the one internal model of variables, code lists and datasets (pure)."""
