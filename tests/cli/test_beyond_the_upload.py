"""What the operating page shows a publisher is run as it stands, by a real curl, against a real commons."""

import json
import re
import shlex
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest

from tests import asking
from tests.http.commons import commons
from tests.http.metadata.tool import OURS, Tool, catalogue, dataset
from tools.source import ROOT

PAGE = (ROOT / "docs" / "operating.md").read_text("utf-8")
SHOWN = [line[2:] for block in re.findall(r"(?ms)^```console beyond\n(.*?)^```", PAGE) for line in block.splitlines()]
BODY = re.search(r"(?ms)^```json (about\.json)\n(.*?)^```", PAGE)


@pytest.mark.skipif(shutil.which("curl") is None, reason="the page's commands are curl's")
def test_the_pages_commands_fill_a_gap_and_take_a_dataset_back(
    fresh_database: Callable[[str], str], tmp_path: Path
) -> None:
    assert BODY is not None
    (tmp_path / BODY[1]).write_text(BODY[2], "utf-8")
    with (
        commons(tmp_path / "place", fresh_database("commons")) as place,
        httpx.Client(verify=asking.NO_TLS, base_url=place.url) as client,
    ):
        key = place.key(OURS)
        (tmp_path / "commons.header").write_text(f"Authorization: API-Key {key}\n")
        tool = Tool(client, key)
        made = tool.post("catalogs/", catalogue())["catalog"]["id"]
        tool.post("datasets/", dataset(made, dataset_id="inntak"))

        def said(command: str) -> object:
            words = shlex.split(command.replace("https://commons.example.no/", place.url))
            return json.loads(
                subprocess.run([*words, "--silent"], cwd=tmp_path, check=True, capture_output=True).stdout
            )

        offered, told, read_back, removed = map(said, SHOWN[:4])
        lacking = client.get(f"/dcat/~{made}.gaps").json()
    assert set(json.loads(BODY[2])) == set(offered["about"])  # type: ignore[index]  what is offered is what is shown
    assert told == {"dataset": "inntak", "changed": True}
    assert read_back["legislation"] == json.loads(BODY[2])["legislation"]  # type: ignore[index]  as above
    assert removed == {"removed": 1}
    assert "dcat:Dataset dcat:theme" not in lacking
