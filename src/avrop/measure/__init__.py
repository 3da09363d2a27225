"""How exposed people are (pure over class counts)."""
