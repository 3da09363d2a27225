"""Numbers that could be a real person's, made when a test runs from a day, a series and the control digits, and packed."""

import io
import tarfile
import zipfile
from pathlib import Path

import pyarrow as pa

from avrop.vigo.scan import streams

SERIES = {
    "national": (0, 0, "5"), "d-number": (40, 0, "5"), "h-number": (0, 40, "5"), "d-and-h-number": (40, 40, "5"),
    "provisional": (40, 0, "9"),
}  # fmt: skip


def digit(weights: tuple[int, ...], stem: str) -> int:
    return -sum(w * int(d) for w, d in zip(weights, stem, strict=True)) % 11


def number(series: str = "national", *, day: int = 9, month: int = 3, year: int = 7, count: int = 0) -> str:
    """A number of that series with right control digits: the first one from `count` on that has them."""
    more_days, more_months, first = SERIES[series]
    return made(day + more_days, month + more_months, year, first, count)


def made(day: int, month: int, year: int, first: str, count: int) -> str:
    for individual in range(count, 100):
        stem = f"{day:02d}{month:02d}{year:02d}{first}{individual:02d}"
        one = digit((3, 7, 6, 1, 8, 9, 4, 5, 2), stem)
        if one < 10 and (two := digit((5, 4, 3, 2, 7, 6, 5, 4, 3, 2), f"{stem}{one}")) < 10:
            return f"{stem}{one}{two}"
    raise AssertionError("no number")


def zipped(name: str, data: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr(name, data)
    return out.getvalue()


def tarred(name: str, data: bytes, **properties: str) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        member = tarfile.TarInfo(name)
        member.size, member.mtime = len(data), 0
        for each, value in properties.items():
            setattr(member, each, value)
        archive.addfile(member, io.BytesIO(data))
    return out.getvalue()


def compressed(data: bytes) -> bytes:
    out = pa.BufferOutputStream()
    with pa.CompressedOutputStream(out, "zstd") as stream:
        stream.write(data)
    return out.getvalue().to_pybytes()


def written(tmp_path: Path, file: tuple[str, bytes]) -> Path:
    path = tmp_path / file[0]
    path.write_bytes(file[1])
    return path


def found_in(text: str | bytes) -> list[str]:
    return [kind for _, kind in streams.in_stream(io.BytesIO(text.encode() if isinstance(text, str) else text))]
