"""A server that is killed while it answers, or that loses its database, tells nobody anything wrong; and goes on."""

import re
import signal
from dataclasses import replace

import httpx
import pytest
import sqlalchemy as sa

from avrop.demo.scene import Scene
from avrop.http.app import create_app
from avrop.settings import ServeSetting
from tests import asking
from tests.tokens.asking import Asking
from tests.tokens.conftest import DATASOURCE, SUBJECT
from tests.tokens.process import serving

pytestmark = pytest.mark.slow

PATH = f"api/v1/permissions/{SUBJECT}/{DATASOURCE}"


@pytest.mark.faults
@pytest.mark.parametrize("point", ["permissions.computed", "permissions.signed"])
def test_a_server_killed_in_a_look_up_gives_half_an_answer_to_nobody_and_the_next_one_the_whole(
    scene: Scene, point: str
) -> None:
    with serving(scene, faces=("casework",), datasource=DATASOURCE, fault_point=point) as process:
        with pytest.raises(httpx.TransportError):
            asking.get(process.url + PATH, timeout=60)
        assert process.running.wait(60) == -signal.SIGKILL
    with serving(scene, faces=("casework",), datasource=DATASOURCE) as process:
        answer = asking.get(process.url + PATH, timeout=60)
        assert answer.status_code == 200
        assert len(answer.json()) == 1
        published = asking.get(f"{process.url}api/v1/auth/keys", timeout=60).json()["keys"]
        assert published
        left = [
            path.name for path in scene.provider.settings.keys_home.iterdir() if re.search(r"draft|partial", path.name)
        ]
        assert left == []


def test_without_its_database_it_says_so_and_not_that_nothing_is_granted(scene: Scene) -> None:
    """An empty list would be a lie that a reader keeps."""
    nowhere = sa.create_engine("postgresql+psycopg://somebody:canary-password@127.0.0.1:9/nothing")
    serve = ServeSetting(faces=("casework",), public_url="http://us.example/", datasource_id=DATASOURCE)
    system = replace(scene.provider, settings=replace(scene.provider.settings, serve=serve), database=nowhere)
    answer = Asking(create_app(system, faces=("casework",))).get(f"/{PATH}")
    assert answer.status_code == 500
    assert set(answer.json()) == {"detail"}
    assert "PostgreSQL cannot be reached" in answer.json()["detail"]
    assert "canary" not in answer.text
    assert "select" not in answer.text.lower()
