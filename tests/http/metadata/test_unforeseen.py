"""What nobody foresaw is told and logged by its kind and the database's code, with nothing of what was sent."""

import logging
from collections.abc import Iterator

import httpx
import pytest
import sqlalchemy as sa
from fastapi.responses import StreamingResponse

from avrop.http.app import create_app
from avrop.store import db
from avrop.system import System
from tests import asking
from tests.http.commons import Commons, running

VALUE = "nobodys own value"


@pytest.fixture
def log(caplog: pytest.LogCaptureFixture) -> Iterator[pytest.LogCaptureFixture]:
    server = logging.getLogger("uvicorn.error")
    server.addHandler(caplog.handler)
    yield caplog
    server.removeHandler(caplog.handler)


def test_an_error_of_the_database_is_told_by_its_code(
    place: Commons, client: httpx.Client, log: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(system: System) -> None:
        with db.transaction(system.database) as connection:
            connection.execute(sa.text("SELECT CAST(:said AS integer)"), {"said": VALUE})

    monkeypatch.setattr("avrop.actions.commons_shown.catalogues", broken)
    answer = client.get("/api/v1/catalogs/")
    assert (answer.status_code, answer.json()["code"]) == (500, "http.failed")
    assert VALUE not in answer.text
    (told,) = [record for record in log.records if record.levelno >= logging.WARNING]
    assert (told.getMessage(), told.exc_info) == ("DataError 22P02 on GET /api/v1/catalogs/", None)


def test_an_answer_under_way_is_broken_off_and_told_by_its_kind(place: Commons, log: pytest.LogCaptureFixture) -> None:
    def broken() -> Iterator[bytes]:
        yield b"begun"
        raise ValueError(VALUE)

    app = create_app(place.system, faces=())
    app.add_api_route("/odd", lambda: StreamingResponse(broken()))
    with running(app) as url, pytest.raises(httpx.RemoteProtocolError):
        asking.get(f"{url}odd")
    assert "ValueError on GET /odd" in log.messages
    assert VALUE not in log.text
