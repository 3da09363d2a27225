"""How we answer for it (pure)."""
