"""Tables to take away: CSV with a line of names, in which no text is a formula to a spreadsheet."""

import csv
import io
import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any
from urllib.parse import quote

from fastapi import Response

from avrop.actions.addresses import segment
from avrop.catalogue import csvw
from avrop.catalogue.unittypes import Language

_FORMULA = ("=", "+", "@", "\t", "\r")


def answer(
    name: str, columns: Sequence[str], rows: Iterable[Sequence[object]], *, described_by: str | None = None
) -> Response:
    """The rows as a file of that name; `described_by`: where CSV on the Web says what its columns are."""
    target = io.StringIO()
    writer = csv.writer(target, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows([_safe(value) for value in row] for row in rows)
    headers = {"Content-Disposition": _attached(f"{name}.csv")}
    if described_by:
        headers["Link"] = f'<{described_by}>; rel="describedby"; type="{csvw.MEDIA_TYPE}"'
    return Response(target.getvalue(), media_type="text/csv; charset=utf-8", headers=headers)


def description(told: Mapping[str, Any]) -> Response:
    """What CSV on the Web says of a file's columns."""
    return Response(json.dumps(told, ensure_ascii=False, indent=1), media_type=csvw.MEDIA_TYPE)


def codes_of(language: Language) -> Callable[[str], str]:
    """Where the code list of a variable is, as a file."""
    return lambda name: f"/{language}/variabler/{segment(name)}/kodeliste.csv"


def _attached(name: str) -> str:
    """How the file is called: as it is where every reader of headers understands that, else as RFC 6266 writes it."""
    if re.fullmatch(r"[A-Za-z0-9._ -]+", name):
        return f'attachment; filename="{name}"'
    return f"attachment; filename*=UTF-8''{quote(name, safe='')}"


def _safe(value: object) -> object:
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA) else value
