"""What goes out (pure, except package bytes)."""
