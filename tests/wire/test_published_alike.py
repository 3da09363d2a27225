"""What we publish to a back-end by ourselves is what the unmodified upload tool publishes of the same catalogue."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from avrop.actions.kudaf_publish import Report, publish
from avrop.catalogue.kudaf_upload import configurations
from avrop.store import commons_tables as t
from avrop.store import db
from tests.http.commons import Commons, commons
from tests.http.publisher import DATA_URL, PUBLISHING, SMALL, Publisher, sound
from tests.publishing import NOW, OPERATOR, published
from tests.wire.test_kudaflib import NEWER, succeeded, upload_to

pytestmark = pytest.mark.wire


def _entries(place: Commons) -> list[Any]:
    with db.transaction(place.system.database) as connection:
        kinds = (t.catalogues, t.unit_types, t.datasets, t.variables)
        return [row.entry for kind in kinds for row in connection.execute(kind.select().order_by(kind.c.id))]


def _uploaded(report: Report) -> set[str]:
    """What became of all that the tool can send too."""
    return {line.done for line in report.lines if line.kind != "about"}


def test_after_the_tool_nothing_that_we_send_changes_anything(
    fresh_database: Callable[[str], str], tmp_path: Path
) -> None:
    with (
        commons(tmp_path / "place", fresh_database("commons")) as place,
        published(tmp_path / "us", catalogue=SMALL) as system,
    ):
        key = place.key(PUBLISHING.name)
        files = configurations(SMALL, PUBLISHING, tool=NEWER, on=NOW.date(), data_url=DATA_URL)
        for number, text in enumerate(files.values()):
            (tmp_path / str(number)).mkdir()
            assert succeeded(upload_to(place.url, text, version=NEWER, key=key, folder=tmp_path / str(number)))
        by_the_tool = _entries(place)
        with Publisher(system=system).at(place.url, key=key) as ours:
            found = sound(publish(ours, OPERATOR, PUBLISHING, data_url=DATA_URL))
            assert _uploaded(found) == {"there"}, "it finds what the tool made"
            again = sound(publish(ours, OPERATOR, PUBLISHING, data_url=DATA_URL, again=True))
        assert _uploaded(again) == {"sent again"}
        told = [{name: value for name, value in each.items() if name != "about"} for each in _entries(place)]
        assert told == by_the_tool
        assert len(by_the_tool) == len([line for line in again.lines if line.kind != "about"]) > 25
