"""The sealed package's papers: what its signed header says, what stands in the clear, and what both must agree on."""

import base64
import re
from datetime import datetime
from typing import cast

from avrop.canonical import Digest, canonical, digest, document, read
from avrop.disclosure.manifest import Manifest
from avrop.disclosure.packagefaults import bad_form, bad_member, inconsistent
from avrop.errors import AvropError
from avrop.signed import Signed

KIND = "package"
MOST_MEMBERS = 1000
CHUNK_SIZE = 1 << 20
LARGEST_CHUNK = 64 << 20
_PLAIN_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,120}", re.ASCII)
_PACKAGE_ID = re.compile(r"[0-9a-f]{32}", re.ASCII)
_RESERVED = frozenset({"manifest.json", "header.json"})


@document
class PackageMember:
    """One file of the generation: plain bytes, rows, and the digest of the plain bytes."""

    name: str
    size: int
    rows: int
    digest: Digest


@document
class PackageHeader:
    """What a package is, signed as kind `package`.

    `package` is 32 hex characters; `manifest` the digest of the generation's Signed manifest; `plan` that of its merge
    plan; `sealing_key` the id of the recipient's key; `members` in their order in the stream; `chunk_size` in bytes.
    """

    package: str
    manifest: Digest
    delivery: str
    call_off: str
    purpose: str
    plan: Digest
    provider: str
    recipient: str
    sealing_key: str
    members: tuple[PackageMember, ...]
    chunk_size: int
    made_at: datetime
    expires: datetime


@document
class Envelope:
    """What stands in the clear before the chunks. `content_key` is the sealed one, in base64."""

    header: Signed
    manifest: Signed
    content_key: str


def read_envelope(text: bytes) -> Envelope:
    """The envelope, which has one form only. Errors: `package.form` (Mistake)."""
    envelope = cast("Envelope", _document(Envelope, text))
    key = envelope.content_key
    try:
        same = base64.b64encode(base64.b64decode(key, validate=True)).decode() == key
    except ValueError:
        same = False
    if not same or canonical(envelope) != text:
        raise bad_form("its header is not in canonical form")
    return envelope


def read_header(signed: Signed) -> PackageHeader:
    """What a signed header says, if it can be followed. Whether the signature holds is asked elsewhere.

    Errors: `package.form` (Mistake), `package.member` (Refusal).
    """
    header = cast("PackageHeader", _document(PackageHeader, signed.body))
    sizes = (0 < header.chunk_size <= LARGEST_CHUNK) and all(m.size >= 0 and m.rows >= 0 for m in header.members)
    dated = header.made_at.tzinfo and header.expires.tzinfo and header.made_at < header.expires
    if not (sizes and dated and _PACKAGE_ID.fullmatch(header.package)):
        raise bad_form("its header says what no header can say")
    require_plain_names(header.members)
    return header


def _document(form: type, text: bytes | str) -> object:
    try:
        return read(form, text, what="The header")
    except (AvropError, UnicodeDecodeError):
        raise bad_form("its header cannot be read") from None


def require_plain_names(those: tuple[PackageMember, ...]) -> None:
    """Refuse names that are no plain file names, or not each their own. Errors: `package.member` (Refusal)."""
    names = [member.name for member in those]
    if len(names) > MOST_MEMBERS:
        raise bad_member(f"there are more than {MOST_MEMBERS}")
    for place, name in enumerate(names):
        if not _PLAIN_NAME.fullmatch(name) or name.lower() in _RESERVED:
            raise bad_member("its name is no plain file name", member=place)
    if len({name.lower() for name in names}) != len(names):
        raise bad_member("two have the same name")


def require_consistent(header: PackageHeader, signed: Signed) -> Manifest:
    """The manifest that the header names, when both say the same. Errors: `package.inconsistent` (Tampered)."""
    manifest = cast("Manifest", _document(Manifest, signed.body))
    said = (header.manifest, header.delivery, header.call_off, header.plan)
    if said != (digest(signed), manifest.delivery, manifest.call_off, manifest.merge_plan):
        raise inconsistent("the manifest")
    if header.members != members(manifest):
        raise inconsistent("the files")
    return manifest


def members(manifest: Manifest) -> tuple[PackageMember, ...]:
    """The members of a generation's package, in the manifest's order."""
    return tuple(PackageMember(name=f.name, size=f.size, rows=f.rows, digest=f.digest) for f in manifest.files)


def is_expired(header: PackageHeader, now: datetime) -> bool:
    """Whether the package may no longer be used: its reader warns, its keeper does not hand it out."""
    return now >= header.expires
