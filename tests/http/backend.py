"""A metadata back-end for tests, in memory: it keeps what it is sent, and answers otherwise where it is told to."""

import json
import socket
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from tests.outbound.peers import answer

Twist = Callable[[str, str, Any], tuple[int, Any] | None]
"""Given method, path and body, another answer than the right one; None for the right one."""
COMMON = ("PERSON", "KOMMUNE")


@dataclass
class Backend:
    """What it holds. `posts` are the paths and bodies it was sent; `heads` every request's head."""

    twist: Twist = lambda _method, _path, _body: None
    catalogues: list[dict[str, Any]] = field(default_factory=list)
    units: list[dict[str, Any]] = field(default_factory=list)
    datasets: dict[str, dict[str, Any]] = field(default_factory=dict)
    posts: list[tuple[str, Any]] = field(default_factory=list)
    heads: list[str] = field(default_factory=list)

    def say(self, connection: socket.socket, head: bytes) -> None:
        """Answer one request."""
        top, _, body = head.partition(b"\r\n\r\n")
        lines = top.decode().split("\r\n")
        length = next((int(x.split(":")[1]) for x in lines if x.lower().startswith("content-length")), 0)
        while len(body) < length:
            body += connection.recv(65536)
        method, path, _ = lines[0].split(" ")
        self.heads.append(top.decode())
        told = json.loads(body) if body else None
        if method == "POST":
            self.posts.append((path, told))
        status, value = self.twist(method, path, told) or (200, self._right(method, path, told))
        text = value if isinstance(value, bytes) else json.dumps(value).encode()
        answer(status, text, Content_Type="application/json")(connection, head)

    def _right(self, method: str, path: str, told: Any) -> Any:
        kind = path.removeprefix("/api/v1/").split("/")[0]
        if kind == "about":
            return {"detail": "Not Found"}
        return getattr(self, f"_{method.lower()}_{kind}")(path, told)

    def _get_catalogs(self, _path: str, _told: Any) -> Any:
        return self.catalogues

    def _get_unittypes(self, _path: str, _told: Any) -> Any:
        common = [{"id": number, "shortName": name} for number, name in enumerate(COMMON, start=1)]
        return {"global_unit_types": common, "catalog_unit_types": self.units}

    def _get_datasets(self, path: str, _told: Any) -> Any:
        known = path.partition("?")[0].removeprefix("/api/v1/datasets/")
        return self.datasets[known] if known else list(self.datasets.values())

    def _post_catalogs(self, _path: str, told: Any) -> Any:
        made = {"id": len(self.catalogues) + 1, "metadata": {"title": {"no": told["title"]["value"]}}}
        self.catalogues.append(made)
        return {"catalog": {"id": made["id"], "name": told["title"]["value"]}, **stored()}

    def _post_unittypes(self, _path: str, told: Any) -> Any:
        self.units.append({"id": 100 + len(self.units), "shortName": told["unit_type"]["shortName"]})
        return stored()

    def _post_datasets(self, _path: str, told: Any) -> Any:
        made = {"id": told["dataset_id"], "name": told["title"]["value"], "variables": []}
        self.datasets[made["id"]] = made
        return {"dataset": {"id": made["id"], "title": made["name"]}, **stored()}

    def _post_variables(self, _path: str, told: Any) -> Any:
        (variable,) = told["variables"]
        self.datasets[told["dataset_id"]]["variables"].append({"name": variable["name"]})
        return stored()


def stored(msgs: Any = None, *, num: int = 1) -> dict[str, Any]:
    """The contract's envelope."""
    return {
        "sync_results": {"successful": {"num": num, "detail": []}, "errors": {"num": 0, "detail": [{"msgs": msgs}]}}
    }
