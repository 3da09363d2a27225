"""One way with a package, in a process of its own: `python -m bench.packageways WAY ROWS` prints its figures as JSON.

`prepare` makes what the others need. `ours-seal` seals the generation's file as it stands, from store to a sealed file;
`ours-open` opens that again. `ours-archive` writes the peer's own form from the same file in one pass.
"""

import base64
import json
import resource
import secrets
import shutil
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from avrop.canonical import Digest, digest, digest_bytes
from avrop.disclosure import sealingkeys
from avrop.disclosure.manifest import Manifest, ManifestColumn, ManifestFile
from avrop.disclosure.microdata_package import archive, public_from_pem
from avrop.disclosure.opening import Recipient
from avrop.disclosure.sealing import describe_package, new_package_id, seal_package, sealed_bytes
from avrop.disclosure.unitrows import Period
from avrop.engines import unitvalues
from avrop.signed import Signed, sign
from avrop.store.packages import members_of, open_into
from bench.data import make_generation
from bench.figures import Figures
from bench.ways import SCRATCH

NAME = "CODE"
_SIGNING = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
_PRIVATE = bytes(range(96))
_NOW = datetime(2026, 11, 2, tzinfo=UTC)


def folder(rows: int) -> Path:
    """Where the packages of so many rows lie."""
    return SCRATCH / f"packages-{rows}"


def prepare(rows: int) -> Figures:
    """The generation's file, its manifest, and the peer's dataset in the clear, which it needs before it can begin."""
    generation = make_generation(SCRATCH, rows)
    dataset = folder(rows) / "in" / NAME
    for made in (dataset, folder(rows) / "spill"):
        made.mkdir(parents=True, exist_ok=True)
    if not (dataset / f"{NAME}.json").exists():
        with (dataset / f"{NAME}.csv").open("wb") as csv:
            csv.writelines(unitvalues.write(_asked(generation, rows), repeated=False))
        (folder(rows) / "digest").write_text(digest_bytes(generation.read_bytes()))
        (dataset / f"{NAME}.json").write_text("{}")
    return {"rows": rows, "bytes": (dataset / f"{NAME}.csv").stat().st_size}


def ours_seal(rows: int) -> int:
    """From the store to a sealed file. Returns its bytes."""
    generation, target = make_generation(SCRATCH, rows), folder(rows) / "sealed"
    said = _manifest(generation, rows)
    signed = _sign("manifest", said)
    header = describe_package(
        signed, said, package=new_package_id(secrets.token_bytes), purpose="Bench", provider="provider",
        recipient="receiver", sealing_key=sealingkeys.public_key(_PRIVATE), made_at=_NOW, expires=_NOW + timedelta(30),
    )  # fmt: skip
    package = seal_package(
        header, signed, sign=_sign, sealing_key=sealingkeys.public_key(_PRIVATE), random=secrets.token_bytes
    )
    with members_of(generation.parent) as read, target.open("wb") as out:
        out.writelines(sealed_bytes(package, read))
    return target.stat().st_size


def ours_open(rows: int) -> int:
    """Open what was sealed, into a folder. Returns the plain bytes."""
    out, source = folder(rows) / "opened", folder(rows) / "sealed"
    public = sealingkeys.public_key(_PRIVATE)
    recipient = Recipient(
        organisation="receiver",
        provider_keys=(_public(),),
        sealing_keys={sealingkeys.sealing_key_id(public): _PRIVATE},
        most_bytes=1 << 40,
    )
    shutil.rmtree(out, ignore_errors=True)
    out.mkdir()
    with source.open("rb") as sealed:
        papers = open_into(out, iter(lambda: sealed.read(1 << 20), b""), recipient)
    return sum(member.size for member in papers.header.members)


def ours_archive(rows: int) -> int:
    """The peer's form, from the generation's file in one pass. Returns the archive's bytes."""
    asked = _asked(make_generation(SCRATCH, rows), rows)
    target = folder(rows) / f"{NAME}.tar"
    public = public_from_pem((folder(rows) / "keys" / "microdata_public_key.pem").read_bytes())
    parts = archive(
        NAME, b"{}", unitvalues.write(asked, repeated=False), public=public, random=secrets.token_bytes, made_at=0
    )
    with target.open("wb") as out:
        out.writelines(parts)
    return target.stat().st_size


WAYS = {"ours-seal": ours_seal, "ours-open": ours_open, "ours-archive": ours_archive}


def peak() -> float:
    """This process's own peak in MiB; `ru_maxrss` would begin with that of the process it was started from."""
    return int(Path("/proc/self/status").read_text().partition("VmHWM:")[2].split()[0]) / 1024


def main(way: str, rows: int) -> None:
    """Do it once and print the figures."""
    if way == "prepare":
        sys.stdout.write(json.dumps(prepare(rows)) + "\n")
        return
    began = time.perf_counter()
    size = WAYS[way](rows)
    wall, used = time.perf_counter() - began, resource.getrusage(resource.RUSAGE_SELF)
    figures = {"wall": wall, "cpu": used.ru_utime + used.ru_stime, "peak": peak(), "rows": rows, "bytes": size}
    sys.stdout.write(json.dumps(figures) + "\n")


def _asked(generation: Path, rows: int) -> unitvalues.UnitValues:
    return unitvalues.UnitValues(
        file=generation,
        unit="pseudonym",
        value=NAME,
        period=Period(start="START", stop="STOP"),
        spill=folder(rows) / "spill",
        threads=2,
        memory_limit="1GB",
    )


def _manifest(generation: Path, rows: int) -> Manifest:
    some = digest("bench")
    column = ManifestColumn(name=NAME, type="text", level="value", label="Code")
    sealed = Digest((folder(rows) / "digest").read_text())
    file = ManifestFile(
        name=generation.name, table="BENCH", rows=rows, size=generation.stat().st_size, digest=sealed, columns=(column,)
    )
    return Manifest(
        call_off="bench", delivery="bench/delivery/1", generation=1, version=some, catalogue=some, snapshot=some,
        grant=some, merge_plan=some, slices=(), files=(file,), pseudonym_scope="bench", log_size=1,
        keep_until="2027-11-02", made_at=_NOW,
    )  # fmt: skip


def _public() -> str:
    return base64.b64encode(_SIGNING.public_key().public_bytes_raw()).decode()


def _sign(kind: str, value: object) -> Signed:
    return sign(kind, value, public_key=_public(), signer=_SIGNING.sign)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
