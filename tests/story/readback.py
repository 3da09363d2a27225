"""Reads an account back by SQL alone: rows and JSON, by none of the functions that printed the story."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import psycopg
from psycopg.rows import dict_row

Row = dict[str, Any]


def rows_of(url: str, query: str) -> list[Row]:
    """The rows of a query, as the application's own role sees them."""
    with psycopg.connect(url.replace("+psycopg", ""), row_factory=dict_row) as connection:
        return connection.execute(query).fetchall()


@dataclass(frozen=True, kw_only=True)
class Account:
    """The provider's log, documents and rows, and the receiver's packages."""

    log: list[Row]
    documents: Mapping[str, Any]
    tables: Mapping[str, list[Row]]
    packages: list[Row]
    receiver_log: list[Row]
    announced: list[Row]
    countersigned: Mapping[str, list[Row]]

    @classmethod
    def read(cls, urls: Mapping[str, str]) -> "Account":
        def log(name: str) -> list[Row]:
            found = rows_of(urls[name], "SELECT payload FROM entries ORDER BY index")
            return [json.loads(bytes(row["payload"])) for row in found]

        names = ("cases", "snapshots", "person_lists", "extracts", "generations", "checkpoints", "pushes")
        tables = {name: rows_of(urls["provider"], f"SELECT * FROM {name} ORDER BY 1, 2") for name in names}
        bodies = rows_of(urls["provider"], "SELECT digest, body FROM documents")
        return cls(
            log=log("provider"),
            documents={row["digest"]: json.loads(bytes(row["body"])) for row in bodies},
            tables=tables,
            packages=rows_of(urls["receiver"], "SELECT * FROM packages ORDER BY received_at"),
            receiver_log=log("receiver"),
            announced=rows_of(urls["commons"], "SELECT id FROM commons_variables") if "commons" in urls else [],
            countersigned={
                name.removeprefix("witness_"): rows_of(url, "SELECT size, note FROM checkpoints ORDER BY size")
                for name, url in urls.items()
                if name.startswith("witness_")
            },
        )

    def events(self, kind: str, *, under: str = "") -> list[Row]:
        """The events of that type in the log, in order, of cases that begin so."""
        return [x["event"] for x in self.log if x["event"]["type"] == kind and x["case"].startswith(under)]

    def body(self, digest: str) -> Any:
        """What was signed, of a signed document."""
        return json.loads(self.documents[digest]["body"])

    def digests(self) -> set[str]:
        """Every digest that stands anywhere in the log, or that names a document or a row."""
        named = set(self.documents) | {row["digest"] for row in self.tables["snapshots"]}
        return named | {x for entry in self.log for x in _texts(entry) if x.startswith("sha256:")}

    def accepted_at(self, delivery: str) -> datetime:
        """When the receipt of a delivery was recorded."""
        (moment,) = (x["at"] for x in self.log if x["case"] == delivery and x["event"]["type"] == "ReceiptAccepted")
        return datetime.fromisoformat(moment)


def _texts(value: object) -> list[str]:
    if isinstance(value, str):
        return [value]
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else []
    return [text for part in inner for text in _texts(part)]
