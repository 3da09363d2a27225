"""Where the log of a server goes: standard error, a line per happening, for whatever collects it."""

import logging
import sys

_FORM = "%(asctime)s %(levelname)s %(name)s %(message)s"


def log_to_standard_error() -> None:
    """Let our own log be seen, with the refusals of tokens. It names cases, hosts and reasons; nobody, and no token."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(logging.Formatter(_FORM))
    ours = logging.getLogger("avrop")
    ours.handlers[:] = [handler]
    ours.setLevel(logging.INFO)
    ours.propagate = False
