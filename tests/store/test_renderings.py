"""Ready files of a generation: made once, whole or not at all, stale ones anew, and gone with the generation."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest

from avrop.errors import Fault, Mistake
from avrop.store import renderings
from avrop.store.files import Zone
from avrop.store.renderings import Chunks

CASE = "r/delivery/1"


@pytest.fixture
def zone(tmp_path: Path) -> Zone:
    return Zone(tmp_path / "zone", lambda _point: None)


def _giving(*pieces: bytes, fails: Exception | None = None) -> Callable[[], AbstractContextManager[Chunks]]:
    @contextmanager
    def chunks() -> Iterator[Chunks]:
        left = iter(pieces)

        def following() -> bytes | None:
            piece = next(left, None)
            if piece is None and fails is not None:
                raise fails
            return piece

        yield following

    return chunks


def _made(zone: Zone, *pieces: bytes, source: str = "s", form: str = "f", name: str = "D.V") -> renderings.Rendering:
    return renderings.make(zone, CASE, name, source=source, form=form, chunks=_giving(*pieces))


def test_what_was_made_is_found_whole_with_its_size_and_digest(zone: Zone) -> None:
    assert renderings.find(zone, CASE, "D.V", source="s", form="f") is None
    made = _made(zone, b"ab", b"", b"c")
    assert made.path.read_bytes() == b"abc"
    assert (made.card.size, made.card.sha256) == (3, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
    assert renderings.find(zone, CASE, "D.V", source="s", form="f") == made


@pytest.mark.parametrize(("source", "form"), [("other", "f"), ("s", "other")])
def test_one_of_another_source_or_form_is_stale_and_is_replaced(zone: Zone, source: str, form: str) -> None:
    _made(zone, b"old")
    assert renderings.find(zone, CASE, "D.V", source=source, form=form) is None
    assert _made(zone, b"newer", source=source, form=form).path.read_bytes() == b"newer"
    assert renderings.find(zone, CASE, "D.V", source="s", form="f") is None


def test_one_whose_file_has_another_length_is_not_found(zone: Zone) -> None:
    made = _made(zone, b"abc")
    made.path.write_bytes(b"ab")
    assert renderings.find(zone, CASE, "D.V", source="s", form="f") is None


def test_what_fails_half_way_leaves_nothing(zone: Zone) -> None:
    failing = _giving(b"abc", fails=Fault("engine.failed", "x"))
    with pytest.raises(Fault):
        renderings.make(zone, CASE, "D.V", source="s", form="f", chunks=failing)
    assert renderings.find(zone, CASE, "D.V", source="s", form="f") is None
    assert [path.name for path in zone.path("served/r-delivery-1").iterdir()] == [".lock-D.V"]


def test_what_a_killed_process_left_is_replaced(zone: Zone) -> None:
    left = zone.path("served/r-delivery-1") / ".partial-D.V"
    left.mkdir(parents=True)
    (left / "rows.csv").write_bytes(b"half")
    assert _made(zone, b"whole").path.read_bytes() == b"whole"
    assert not left.exists()


def test_many_who_ask_at_once_get_one_that_was_made_once(zone: Zone) -> None:
    began: list[int] = []

    @contextmanager
    def slowly() -> Iterator[Chunks]:
        began.append(1)
        time.sleep(0.2)
        with _giving(b"abc")() as following:
            yield following

    def ask() -> None:
        found.append(renderings.make(zone, CASE, "D.V", source="s", form="f", chunks=slowly))

    found: list[renderings.Rendering] = []
    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(began) == 1
    assert len(found) == 8
    assert len({made.card for made in found}) == 1


def test_they_go_with_their_generation_and_an_open_file_reads_on(zone: Zone) -> None:
    made = _made(zone, b"abc")
    with made.path.open("rb") as handle:
        renderings.remove(zone, CASE)
        assert not zone.path("served/r-delivery-1").exists()
        assert handle.read() == b"abc"
    renderings.remove(zone, CASE)


@pytest.mark.parametrize("name", ["../x", "a/b", ".hidden", "..", "/x"])
def test_a_name_cannot_lead_out_of_the_generations_folder(zone: Zone, name: str) -> None:
    with pytest.raises(Mistake):
        _made(zone, b"x", name=name)
    with pytest.raises(Mistake):
        renderings.find(zone, CASE, name, source="s", form="f")


def test_the_sweep_leaves_those_that_an_open_generation_speaks_for(zone: Zone) -> None:
    _made(zone, b"abc")
    assert zone.sweep(frozenset({renderings.place_of(CASE)})) == ()
    assert zone.sweep(frozenset()) == ("served/r-delivery-1",)
