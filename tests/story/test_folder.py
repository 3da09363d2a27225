"""The demo's folder: nobody else's is touched, and two demos do not destroy one another."""

from pathlib import Path

import pytest

from avrop.demo.folder import LOCK, claimed
from avrop.errors import AvropError, Conflict, Mistake


def code(no: pytest.ExceptionInfo[AvropError]) -> str:
    return no.value.code


def test_a_second_demo_in_a_running_ones_folder_is_refused_and_removes_nothing(tmp_path: Path) -> None:
    home = tmp_path / "demo"
    with claimed(home, resume=False, say=_silent):
        (home / "clock.txt").write_text("now")
        with pytest.raises(Conflict) as no, claimed(home, resume=False, say=_silent):
            pass
        assert code(no) == "demo.running"
        assert (home / "clock.txt").exists()


def test_an_earlier_demo_is_replaced_and_it_is_said(tmp_path: Path) -> None:
    home, said = tmp_path / "demo", list[str]()
    with claimed(home, resume=False, say=said.append):
        (home / "provider").mkdir()
        (home / "clock.txt").write_text("now")
    assert said == []
    with claimed(home, resume=True, say=said.append):
        assert (home / "provider").exists()
    assert said == []
    with claimed(home, resume=False, say=said.append) as found:
        assert [path.name for path in found.iterdir()] == [LOCK]
    assert said == [f"Replacing the earlier demo in {home}"]


def test_a_folder_that_is_no_demo_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("dear")
    with pytest.raises(Conflict) as no, claimed(tmp_path, resume=False, say=_silent):
        pass
    assert code(no) == "demo.folder"
    assert [path.name for path in tmp_path.iterdir()] == ["letter.txt"]


def test_a_file_and_a_place_that_cannot_be_written_are_refused_in_words(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    for place in (tmp_path / "file", tmp_path / "file" / "demo", Path("/proc/demo")):
        with pytest.raises(Mistake) as no, claimed(place, resume=False, say=_silent):
            pass
        assert code(no) == "demo.folder_unusable"


def test_a_path_with_a_space_is_refused_before_anything_is_made(tmp_path: Path) -> None:
    with pytest.raises(AvropError) as no, claimed(tmp_path / "a demo", resume=False, say=_silent):
        pass
    assert code(no) == "database.folder"
    assert list(tmp_path.iterdir()) == []


def _silent(_text: str) -> None:
    """Says nothing."""
