"""What a witness unpacks of the bundle it is sent: plain files within it, and nothing else."""

import io
import tarfile
from pathlib import Path

import pytest

from avrop.actions.witness import _unpack
from avrop.errors import Tampered


def archive(name: str, kind: bytes = tarfile.REGTYPE, link: str = "") -> bytes:
    target = io.BytesIO()
    with tarfile.open(fileobj=target, mode="w") as out:
        entry = tarfile.TarInfo(name)
        entry.type, entry.linkname = kind, link
        entry.size = 2 if kind == tarfile.REGTYPE else 0
        out.addfile(entry, io.BytesIO(b"{}"))
    return target.getvalue()


def test_plain_files_are_written_where_they_stand(tmp_path: Path) -> None:
    _unpack(archive("documents/a.json"), tmp_path / "bundle")
    assert (tmp_path / "bundle/documents/a.json").read_bytes() == b"{}"


@pytest.mark.parametrize(
    "data",
    [
        archive("../out.json"), archive("/avrop-out.json"), archive("."), archive("a", tarfile.SYMTYPE, "/etc"),
        archive("a", tarfile.FIFOTYPE), b"no archive",
    ],
    ids=["upwards", "absolute", "the folder", "a link", "a pipe", "no archive"],
)  # fmt: skip
def test_any_other_member_is_refused_and_nothing_is_written(tmp_path: Path, data: bytes) -> None:
    with pytest.raises(Tampered) as refused:
        _unpack(data, tmp_path / "bundle")
    assert refused.value.code == "witness.bundle_member"
    assert not [path for path in tmp_path.rglob("*") if path.is_file()]
