"""Every mistake at the prompt is one sentence that names the place, and never a traceback."""

import pytest

from avrop.cli import accounting
from tests.cli.conftest import Prompt
from tests.cli.test_keys_given import begin


@pytest.mark.parametrize("party", ["provider", "provider:The provider", "::", "p:n:"])
def test_a_party_that_is_not_whole_is_a_mistake(prompt: Prompt, party: str) -> None:
    told = prompt.no(
        2, "account", "sign-agreement", "--provider", party, "--receiver", "r:R:k", "--policy", "p", "--rule", "r",
        "--purpose", "x", "--as", "op@provider",
    )  # fmt: skip
    assert "[agreement.party]" in told


@pytest.mark.parametrize("moment", ["tomorrow", "2026-01-01T00:00:00", "2026-01-01"])
def test_a_moment_without_an_offset_names_its_variable(prompt: Prompt, moment: str) -> None:
    prompt.environment |= {"AVROP_NOW": moment, "AVROP_DEMO": "1"}
    told = prompt.no(2, "account", "timeline")
    assert "[settings.moment]" in told and "AVROP_NOW" in told


@pytest.mark.parametrize("text", [b"tomorrow", b"2026-01-01T00:00:00", b"\xff"])
def test_a_clock_file_without_a_moment_is_named(prompt: Prompt, text: bytes) -> None:
    (prompt.folder / "clock.txt").write_bytes(text)
    prompt.environment |= {"AVROP_CLOCK_FILE": str(prompt.folder / "clock.txt"), "AVROP_DEMO": "1"}
    told = prompt.no(2, "publish", "list", "protected", "none.csv", "--as", "op@provider")
    assert "AVROP_CLOCK_FILE" in told


def test_a_bundle_goes_into_a_folder(prompt: Prompt) -> None:
    (prompt.folder / "afile").write_text("")
    for place in ("afile", "/proc/b"):
        assert "[file.unwritable]" in prompt.no(2, "account", "bundle", place)


def test_what_nobody_foresaw_is_told_without_a_value(prompt: Prompt, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(_system: object) -> None:
        raise ZeroDivisionError("a value of a row")

    monkeypatch.setattr(accounting.account, "show_register", fails)
    told = prompt.no(1, "account", "register")
    assert "[fault.unforeseen] ZeroDivisionError" in told
    assert "avrop.cli.accounting" in told
    assert "value of a row" not in told


def test_a_file_to_write_is_named_whole(prompt: Prompt) -> None:
    begin(prompt)
    for place in ("/nodir/x", str(prompt.folder)):
        told = prompt.no(2, "account", "public-keys", "--out", place)
        assert "[file.unwritable]" in told and place in told


def test_settings_that_cannot_be_used_are_named(prompt: Prompt) -> None:
    (prompt.folder / "afile").write_text("")
    usual = dict(prompt.environment)
    for changed, code, names in (
        ({"AVROP_HOME": str(prompt.folder / "afile")}, 1, ("[files.failed]", "AVROP_HOME", "afile")),
        ({"AVROP_DATABASE_URL": "nonsense"}, 2, ("[database.url]", "AVROP_DATABASE_URL")),
        ({"AVROP_DATABASE_URL": "", "AVROP_NAME": "Upper"}, 1, ("[database.name]", "AVROP_NAME")),
    ):
        prompt.environment = usual | changed
        told = prompt.no(code, "work")
        assert [name for name in names if name not in told] == []


def test_a_folder_that_is_not_there_is_not_called_empty(prompt: Prompt) -> None:
    told = prompt.no(2, "describe", "check", "./nowhere")
    assert "[file.no_folder]" in told and "nowhere" in told


def test_a_package_before_the_agreement_blames_the_agreement(prompt: Prompt) -> None:
    prompt.ok("account", "enrol", "c@provider", "--organisation", "provider", "--roles", "custodian")
    told = prompt.no(3, "receive", "take", "outbox", "--out", "r.json", "--as", "c@provider")
    assert "[agreement.none]" in told and "import-agreement" in told


def test_a_draft_that_is_not_signed_is_told_from_one_that_cannot_be_read(prompt: Prompt) -> None:
    (prompt.folder / "draft.json").write_text('{"call_off": "2026-001", "outcome": "approved"}')
    told = prompt.no(2, "decide", "record", "2026-001", "draft.json", "--as", "op@provider")
    assert "[document.unsigned]" in told and "avrop decide sign" in told
