"""Memory: PostgreSQL and files."""
