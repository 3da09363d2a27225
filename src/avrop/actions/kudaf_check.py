"""Look at a metadata back-end of KUDAF as its upload tools would, and say where it is other than they need."""

import json
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

from avrop.catalogue import kudaf_expecting as expecting
from avrop.catalogue.kudaf_expecting import Deviation, Found
from avrop.outbound.guard import Outbound

_LIMIT_BYTES, _TIMEOUT_SECONDS, _MOST = 16 * 1024 * 1024, 30.0, 5


def check(outbound: Outbound, url: str, *, key: str | None = None) -> tuple[tuple[str, ...], tuple[Deviation, ...]]:
    """The addresses that were asked, and what deviates in their answers; of catalogues and datasets the first five.

    `key` is sent as the tools send theirs. Errors: those of the way out.
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
    return tuple(looked.asked), tuple(dict.fromkeys(looked.found))


class _Look:
    def __init__(self, outbound: Outbound, base: str, key: str | None) -> None:
        self._outbound, self._base = outbound, base
        self._headers = {"Accept": "application/json", **({"Authorization": f"Api-Key {key}"} if key else {})}
        self.asked: list[str] = []
        self.found: list[Deviation] = []

    def at(self, address: str, expected: Callable[[int, Any], Found]) -> Any:
        """Ask there, note what deviates, and give what the answer says; None if it is no JSON."""
        answer = self._outbound.request(
            "GET", f"{self._base}{address}", headers=self._headers, limit_bytes=_LIMIT_BYTES,
            timeout_seconds=_TIMEOUT_SECONDS,
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
