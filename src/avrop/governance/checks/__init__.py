"""Registered checks: facts and questions about a call-off, never approvals."""
