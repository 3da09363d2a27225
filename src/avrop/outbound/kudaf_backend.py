"""A metadata back-end of KUDAF over the guarded way out: its lists, read by anybody, and what is sent with the key."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

from avrop.catalogue import kudaf_answers as answers
from avrop.catalogue.kudaf_answers import Outcome
from avrop.errors import Fault, Stranger
from avrop.outbound.guard import Answer, Outbound

LIMIT_BYTES, TIMEOUT_SECONDS = 16 * 1024 * 1024, 30.0
_JSON = {"Accept": "application/json", "Content-Type": "application/json"}


@dataclass(frozen=True, kw_only=True)
class Backend:
    """One back-end. Its lists have no pages: each answer is all there is. Only 200 with JSON is an answer.

    `place` is its address before `api/v1/` (ends with a slash); `key` goes with what is sent only. Errors of each:
    `publish.unusable` (Fault) for an answer that the contract does not have, and those of the way out.
    """

    outbound: Outbound
    place: str
    key: str = field(repr=False)

    def catalogues(self) -> Sequence[Any]:
        """Everybody's catalogues."""
        return self._list("api/v1/catalogs/")

    def datasets(self) -> Sequence[Any]:
        """Everybody's datasets. The contract takes 404 for none."""
        return self._list("api/v1/datasets/", none=404)

    def unit_types(self, catalogue: int) -> dict[str, int]:
        """The numbers of the common unit types and of that catalogue's own, by name."""
        address = f"api/v1/unittypes/catalog/{catalogue}"
        status, value = self._read(address)
        found = answers.units_by_name(value) if status == 200 else None
        if found is None:
            raise _unusable(address, status)
        return found

    def variables(self, dataset: str) -> frozenset[str] | None:
        """The names of a dataset's variables; None if it is listed and cannot be read."""
        status, value = self._read(f"api/v1/datasets/{quote(dataset)}?include_variables=true")
        return answers.names_within(value) if status == 200 else None

    def send(self, address: str, body: Mapping[str, Any], *, of: str) -> Outcome:
        """Send one thing; `of` is the key of the answer that its id stands under.

        Errors: `publish.key` (Stranger) if the key is not taken.
        """
        answer = self._with_key("POST", f"api/v1/{address}/", body)
        return answers.outcome(answer.status, _value(answer), of=of, secret=self.key)

    def goes_beyond(self) -> bool:
        """Whether it is an Avrop, and so takes what the upload cannot carry, and takes things back."""
        status, value = self._read("api/v1/about")
        return status == 200 and answers.offers(value)

    def tell(self, address: str, body: Mapping[str, Any]) -> Outcome:
        """Put what the upload cannot carry there. Errors: as `send`."""
        return self._beyond("PUT", address, body)

    def remove(self, dataset: str, name: str) -> Outcome:
        """Take a variable of that dataset back. Errors: as `send`."""
        _, value = self._read(f"api/v1/datasets/{quote(dataset)}?include_variables=true")
        number = answers.numbers_within(value).get(name)
        return self._beyond("DELETE", f"variables/{number}", None) if number else Outcome(stored=True)

    def _beyond(self, method: str, address: str, body: Mapping[str, Any] | None) -> Outcome:
        answer = self._with_key(method, f"api/v1/{address}", body)
        return answers.taken(answer.status, _value(answer), secret=self.key)

    def _with_key(self, method: str, address: str, body: Mapping[str, Any] | None) -> Answer:
        content = None if body is None else json.dumps(body, ensure_ascii=False).encode()
        answer = self._ask(method, address, {"Authorization": f"API-Key {self.key}"}, content)
        if answer.status == 401:
            raise Stranger("publish.key", "The back-end does not take the key.", hint="Ask its operator for one.")
        return answer

    def _list(self, address: str, *, none: int | None = None) -> Sequence[Any]:
        status, value = self._read(address)
        if status == none:
            return []
        if status != 200 or not isinstance(value, list):
            raise _unusable(address, status)
        return value

    def _read(self, address: str) -> tuple[int, Any]:
        answer = self._ask("GET", address, {}, None)
        return answer.status, _value(answer)

    def _ask(self, method: str, address: str, more: Mapping[str, str], content: bytes | None) -> Answer:
        return self.outbound.request(
            method, f"{self.place}{address}", headers={**_JSON, **more}, content=content, limit_bytes=LIMIT_BYTES,
            timeout_seconds=TIMEOUT_SECONDS,
        )  # fmt: skip


def _value(answer: Answer) -> Any:
    """What an answer says, or None if it is no JSON."""
    try:
        return json.loads(answer.body)
    except (ValueError, RecursionError):
        return None


def _unusable(address: str, status: int) -> Fault:
    return Fault(
        "publish.unusable",
        f"The back-end's answer at {address} cannot be used (HTTP {status}).",
        hint="See `avrop kudaf check`.",
    )
