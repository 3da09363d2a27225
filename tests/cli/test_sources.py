"""`avrop publish source` and `avrop kudaf check` as an operator types them, as the operating page shows them."""

import json
import re
import shlex
from pathlib import Path

from tests.cli.conftest import Prompt
from tests.outbound.peers import answer, peer
from tools.source import ROOT

PAGE = (ROOT / "docs" / "operating.md").read_text("utf-8")
SHOWN = [line[2:] for block in re.findall(r"(?ms)^```console sources\n(.*?)^```", PAGE) for line in block.splitlines()]
VARIABLES = json.dumps(
    [{"name": "POINTS", "temporalityType": "STATUS", "measureVariables": [{"label": "Poeng"}]}]
).encode()


def allowed(prompt: Prompt, host: str) -> None:
    path: Path = prompt.folder / "commons.toml"
    path.write_text(
        f'[serve]\nfaces = ["catalogue"]\npublic_url = "https://commons.example.no/"\nallowed_hosts = ["{host}"]\n',
        "utf-8",
    )
    prompt.environment |= {"AVROP_CONFIG": str(path), "AVROP_AS": "op@provider"}


def test_the_pages_commands_read_a_source_show_it_and_forget_it(prompt: Prompt) -> None:
    with peer(answer(200, VARIABLES, Content_Type="application/json")) as other:
        allowed(prompt, other.host)
        add, read, listed, remove = [line.replace("https://novel.example.no", other.url) for line in SHOWN[:4]]
        prompt.ok(*shlex.split(add)[1:])
        assert "2 new" in prompt.ok(*shlex.split(read)[1:])
        assert "720 min" in prompt.ok(*shlex.split(listed)[1:])
        assert "POINTS" in prompt.ok("find", "poeng")
        prompt.ok(*shlex.split(remove)[1:])
        assert "POINTS" not in prompt.ok("find", "poeng")


def test_a_source_that_fails_is_exit_2_and_its_error_stands_in_the_list(prompt: Prompt) -> None:
    with peer(answer(500)) as other:
        allowed(prompt, other.host)
        prompt.ok("publish", "source", "add", "x", other.url)
        prompt.no(2, "publish", "source", "read", "x")
        assert "failed: [gather.away]" in prompt.ok("publish", "source", "list")
        (source,) = json.loads(prompt.ok("publish", "source", "list", "--json"))
        assert source["report"]["error"] == "gather.away"
    assert "[outbound.address]" in prompt.no(3, "publish", "source", "add", "y", "https://127.0.0.1/")


def test_a_back_end_that_breaks_the_tools_is_exit_2(prompt: Prompt) -> None:
    with peer(answer(200, b"[]", Content_Type="application/json")) as other:
        allowed(prompt, other.host)
        assert "2 addresses were asked; 0 deviations" in prompt.ok("kudaf", "check", other.url)
    with peer(answer(200, b"{}", Content_Type="application/json")) as other:
        allowed(prompt, other.host)
        code, out, _ = prompt.run(*shlex.split(SHOWN[4].replace("https://kudaf.example.no/metadata/", other.url))[1:])
        assert (code, "The answer is no list." in out) == (2, True)
