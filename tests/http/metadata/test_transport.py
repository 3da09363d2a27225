"""Nothing is compressed, long lists come whole, and who writes holds up nobody."""

import json
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from avrop.canonical import plain
from avrop.http.kudaf_bodies import CatalogueBody
from avrop.store import commons as store
from avrop.store import commons_tables as t
from avrop.store import db
from tests.http.commons import Commons
from tests.http.metadata.tool import (
    Tool,
    catalogue,
    uploaded,
)


@pytest.mark.parametrize("encoding", ["br", "gzip, deflate, br", "identity;q=0, br", "zstd"])
def test_answers_are_never_compressed(tool: Tool, encoding: str) -> None:
    for number in range(20):
        tool.post("catalogs/", catalogue(f"Katalog {number}"))
    answer = tool.client.get("/api/v1/catalogs/", headers={"Accept-Encoding": encoding})
    assert "content-encoding" not in answer.headers
    assert len(json.loads(answer.content)) == 20


def test_a_thousand_catalogues_stand_in_one_list(tool: Tool, place: Commons) -> None:
    place.fill(1000)
    listed = tool.get("catalogs/")
    assert [each["name"] for each in listed] == [f"Katalog {number}" for number in range(1000)]


def test_the_same_said_twice_at_once_is_kept_once(tool: Tool, place: Commons) -> None:
    """The second waits for the first, whose transaction is not at its end, and then finds it."""
    entry = plain(CatalogueBody(**catalogue()).entry())
    with ThreadPoolExecutor(1) as pool:
        with db.transaction(place.system.database) as connection:
            store.write_alone(connection)
            first = store.add(connection, t.catalogues, organisation="ours", title="Testkatalog", entry=entry)
            second = pool.submit(tool.post, "catalogs/", catalogue())
            while not _somebody_waits(place) and not second.done():
                time.sleep(0.01)
        answer = second.result()
    assert (answer["catalog"]["id"], place.stored()) == (first.id, [1, 0, 0, 0])


def _somebody_waits(place: Commons) -> bool:
    with db.transaction(place.system.database) as connection:
        return bool(connection.exec_driver_sql("SELECT count(*) FROM pg_locks WHERE NOT granted").scalar_one())


def test_reading_does_not_wait_for_who_writes(tool: Tool, place: Commons) -> None:
    uploaded(tool)
    with db.transaction(place.system.database) as connection:
        store.write_alone(connection)
        assert len(tool.get("catalogs/")) == 1
