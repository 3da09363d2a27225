"""Our datasource's plane for a benchmark: `python -m bench.csvserver PARQUET FOLDER` serves `/ready`, `/first` and
`/window` on a free port, which it prints. The same parts as in the datasource, with nobody to ask who is asking."""

import socket
import sys
import time
from contextlib import ExitStack
from datetime import date
from functools import partial
from pathlib import Path

import uvicorn
from starlette.types import Receive, Scope, Send

from avrop.disclosure.variabletables import Days, VariableTable
from avrop.engines import csvtext
from avrop.http.aborting import AbortingProtocol
from avrop.http.authority import Authority
from avrop.http.live import ChunkSource, FileSource, LiveAnswer, Source
from avrop.store import renderings
from avrop.store.files import Zone

TABLE = VariableTable(
    dataset="TABLE", file="table.parquet", file_digest="bench", identifiers=("pseudonym",), measure="CODE",
    types=(("pseudonym", "text"), ("CODE", "text"), ("START", "date"), ("STOP", "date")), start="START", stop="STOP",
)  # fmt: skip
YEAR = Days(start=date(2018, 1, 1), stop=date(2019, 1, 1))
_CASE = "bench/delivery/1"


class Server:
    """The application."""

    def __init__(self, generation: Path, zone: Zone) -> None:
        self._generation, self._zone = generation, zone
        self._authority = Authority()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        source, headers = self.window() if scope["path"] == "/window" else self.file(scope["path"])
        holds = partial(self._authority.holds, "bench", lambda: True, since=time.monotonic())
        await LiveAnswer(source, holds=holds, done=lambda: None, status=200, headers=headers)(scope, receive, send)

    def file(self, path: str) -> tuple[Source, dict[str, str]]:
        """The ready file; for `/first` it is made now."""
        if path == "/first":
            renderings.remove(self._zone, _CASE)
        text = partial(csvtext.chunks, self._generation, TABLE, Days(), threads=2, memory_limit="1GB")
        made = renderings.find(self._zone, _CASE, "V", source=self._generation.name, form="f")
        made = made or renderings.make(self._zone, _CASE, "V", source=self._generation.name, form="f", chunks=text)
        size = made.card.size
        return FileSource(made.path.open("rb"), start=0, end=size), {"Content-Length": str(size)}

    def window(self) -> tuple[Source, dict[str, str]]:
        """The rows of one year."""
        stack = ExitStack()
        text = csvtext.chunks(self._generation, TABLE, YEAR, threads=2, memory_limit="1GB")
        following = stack.enter_context(text)
        return ChunkSource(following(), following, stack.close), {}


def main(generation: Path, folder: Path) -> None:
    """Serve until killed."""
    app = Server(generation, Zone(folder, lambda _point: None))
    config = uvicorn.Config(app, http=AbortingProtocol, lifespan="off", access_log=False, log_level="error")
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        sys.stdout.write(f"{listening.getsockname()[1]}\n")
        sys.stdout.flush()
        uvicorn.Server(config).run(sockets=[listening])


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
