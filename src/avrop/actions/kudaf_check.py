"""Look at a metadata back-end of KUDAF as its upload tools would, and say where it is other than they need."""

import json
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any
from urllib.parse import quote

from avrop.catalogue import kudaf_expecting as expecting
from avrop.catalogue.kudaf_expecting import Deviation, Found
from avrop.outbound.guard import Outbound

_POSTED = ("api/v1/catalogs/", "api/v1/unittypes/", "api/v1/datasets/", "api/v1/variables/")
_NO_KEY = "nobody.has-this-key"
_NO_BODIES = (b"{", b"[]", b"{}")
_JSON = {"Accept": "application/json", "Content-Type": "application/json"}
_LIMIT_BYTES, _TIMEOUT_SECONDS, _MOST = 16 * 1024 * 1024, 30.0, 5


def check(
    outbound: Outbound, url: str, *, key: str | None = None, posts: bool = False
) -> tuple[tuple[str, ...], tuple[Deviation, ...]]:
    """The addresses that were asked, and what deviates in their answers; of catalogues and datasets the first five.

    `key` is sent as the tools send theirs. `posts` also sends what must store nothing: with no key, with one that opens
    nothing, and, with `key`, bodies that are none. Errors: those of the way out.
    """
    looked = _Look(outbound, url if url.endswith("/") else f"{url}/", key)
    catalogues = looked.at("api/v1/catalogs/", expecting.catalogues)
    for item in catalogues[:_MOST] if isinstance(catalogues, list) else ():
        if isinstance(item, dict) and isinstance(item.get("id"), int):
            looked.at(f"api/v1/unittypes/catalog/{item['id']}", expecting.unit_types)
    datasets = looked.at("api/v1/datasets/", expecting.datasets)
    for item in datasets[:_MOST] if isinstance(datasets, list) else ():
        if isinstance(item, dict) and isinstance(item.get("id"), str):
            looked.at(f"api/v1/datasets/{quote(item['id'])}?include_variables=true", expecting.dataset)
    if posts:
        _refusals(looked, key, {"api/v1/catalogs/": catalogues, "api/v1/datasets/": datasets})
    return tuple(looked.asked), tuple(dict.fromkeys(looked.found))


def _refusals(looked: "_Look", key: str | None, before: Mapping[str, Any]) -> None:
    """Send what must be refused everywhere, and see that the lists are what they were."""
    for address in _POSTED:
        for none in (None, _NO_KEY):
            looked.at(address, partial(expecting.refusal, wanted=(401,)), post=b"{}", key=none)
        for body in _NO_BODIES if key else ():
            looked.at(address, partial(expecting.refusal, wanted=(400, 422)), post=body, key=key)
    for address, listed in before.items():
        looked.at(address, partial(expecting.unchanged, before=listed))


def _shown(key: str | None) -> Mapping[str, str]:
    return {"Authorization": f"Api-Key {key}"} if key else {}


class _Look:
    def __init__(self, outbound: Outbound, base: str, key: str | None) -> None:
        self._outbound, self._base = outbound, base
        self._headers = {"Accept": "application/json", **_shown(key)}
        self.asked: list[str] = []
        self.found: list[Deviation] = []

    def at(
        self, address: str, expected: Callable[[int, Any], Found], *, post: bytes | None = None, key: str | None = None
    ) -> Any:
        """Ask there, or post with that key, note what deviates, and give what is answered; None if it is no JSON."""
        headers = self._headers if post is None else {**_JSON, **_shown(key)}
        answer = self._outbound.request(
            "GET" if post is None else "POST", f"{self._base}{address}", headers=headers, content=post,
            limit_bytes=_LIMIT_BYTES, timeout_seconds=_TIMEOUT_SECONDS,
        )  # fmt: skip
        self.asked.append(address)
        try:
            value = json.loads(answer.body)
        except (ValueError, RecursionError):
            value = None
            if answer.status == 200:
                self.found.append(Deviation(address=address, gravity="breaks", sentence="The answer is no JSON."))
                return None
        for gravity, sentence in expected(answer.status, value):
            self.found.append(Deviation(address=address, gravity=gravity, sentence=sentence))
        return value
