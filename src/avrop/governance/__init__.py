"""Who may have it, for what, decided by whom (pure)."""
