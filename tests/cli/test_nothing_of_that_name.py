"""What is not there is said to be missing, and never looks like something empty."""

import pytest

from tests.cli.conftest import Prompt


@pytest.mark.parametrize("name", ["account", "2026-001/03", "2026-001/delivery/1"])
def test_a_command_for_a_call_off_does_not_take_the_name_of_another_case(prompt: Prompt, name: str) -> None:
    assert "[case.unknown]" in prompt.no(5, "assess", "accept", name, "--as", "op@provider")


@pytest.mark.parametrize(
    "words",
    [
        ("account", "timeline", "nope"), ("account", "timeline", "2026-00"), ("assess", "findings", "2027-001"),
        ("assess", "exposure", "2027-001"), ("receive", "duties", "2026-111"), ("assess", "findings", "account"),
        ("disclose", "grant", "2027-001"),
    ],
    ids=" ".join,
)  # fmt: skip
def test_what_is_not_there_is_missing(prompt: Prompt, words: tuple[str, ...]) -> None:
    told = prompt.no(5, *words)
    assert "[case.unknown]" in told or "[call_off.unknown]" in told


def test_a_demo_of_an_unknown_profile_replaces_nothing(prompt: Prompt) -> None:
    (prompt.folder / "demo").mkdir()
    (prompt.folder / "demo" / "mine.txt").write_text("x")
    assert "[simulate.profile]" in prompt.no(5, "demo", "--profile", "huge")
    assert [path.name for path in (prompt.folder / "demo").iterdir()] == ["mine.txt"]
