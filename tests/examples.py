"""How many examples a property is tried on: a quarter, or all of them if AVROP_TEST_EXAMPLES is `all`.

`make test` takes the quarter; `make test-slow` tries every property that is marked here on all of them.
"""

import os
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

_SHARE = 1 if os.environ.get("AVROP_TEST_EXAMPLES") == "all" else 4


def examples(count: int, **more: Any) -> settings:
    """Settings for a property that is worth so many examples, however long each of them takes."""
    return settings(
        max_examples=max(count // _SHARE, 1), deadline=None, suppress_health_check=list(HealthCheck), **more
    )


def tried(count: int) -> Callable[[Any], Any]:
    """A test function that is tried on so many examples, and is found by `make test-slow`."""
    return lambda function: pytest.mark.property(examples(count)(function))
