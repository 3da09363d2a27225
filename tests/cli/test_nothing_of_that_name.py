"""What is not there is said to be missing, and never looks like something empty."""

import pytest

from tests.cli.conftest import Prompt


@pytest.mark.parametrize("name", ["account", "2026-001/03", "2026-001/delivery/1"])
def test_a_command_for_a_call_off_does_not_take_the_name_of_another_case(prompt: Prompt, name: str) -> None:
    assert "[case.unknown]" in prompt.no(5, "assess", "accept", name, "--as", "op@provider")
