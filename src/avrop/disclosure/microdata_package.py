"""A dataset as the encrypted archive of microdata-tools 2: a tar of metadata, a sealed key, and the table in chunks.

What that form does not protect: who wrote it, the metadata, and the order of the chunks but for one checksum. Our own
form is in `disclosure.package`.
"""

import base64
import hashlib
import re
import tarfile
from collections.abc import Callable, Iterable, Iterator

from cryptography.hazmat.primitives.asymmetric.mlkem import MLKEM768PrivateKey, MLKEM768PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.serialization import load_pem_private_key, load_pem_public_key

from avrop.disclosure import sealingkeys
from avrop.errors import Mistake

PUBLIC_KEY_FILE, PRIVATE_KEY_FILE = "microdata_public_key.pem", "microdata_private_key.pem"
KEY_INFO = b"microdata-tools symmetric-key encryption"
NONCE_BYTES, KEY_BYTES, BLOCK = 12, 32, 512
CHUNK_SIZE = 8 << 20
"""That form's own writer has 250 million bytes; its reader holds a chunk in memory, and takes any size."""
_RECORD = 20 * BLOCK
_PEM = re.compile(rb"-----BEGIN (P[A-Z]+ KEY)-----.*?-----END \1-----", re.DOTALL)


def archive(
    name: str,
    metadata: bytes,
    lines: Iterable[bytes],
    *,
    public: str,
    random: Callable[[int], bytes],
    made_at: int,
    chunk_size: int = CHUNK_SIZE,
) -> Iterator[bytes]:
    """The archive `<name>.tar` of a dataset, a chunk at a time, so that nothing of the table is in the clear but in
    memory. `public` is the receiver's sealing key in base64, `made_at` in seconds since 1970.

    Errors: `sealing.public_key`, `sealing.weak_key` (Mistake).
    """
    written = 0
    for member, data in _members(name, metadata, lines, public=public, random=random, chunk_size=chunk_size):
        entry = tarfile.TarInfo(member)
        entry.size, entry.mtime, entry.mode = len(data), made_at, 0o600
        block = entry.tobuf(tarfile.USTAR_FORMAT) + data + bytes(-len(data) % BLOCK)
        written += len(block)
        yield block
    end = written + 2 * BLOCK
    yield bytes(2 * BLOCK + -end % _RECORD)


def _members(
    name: str,
    metadata: bytes,
    lines: Iterable[bytes],
    *,
    public: str,
    random: Callable[[int], bytes],
    chunk_size: int,
) -> Iterator[tuple[str, bytes]]:
    content_key = random(KEY_BYTES)
    cipher, checksum = AESGCM(content_key), hashlib.sha256()
    yield f"{name}.json", metadata
    yield f"{name}.kem.encr", sealingkeys.seal(content_key, public=public, info=KEY_INFO)
    for number, plain in enumerate(_in_chunks(lines, chunk_size), start=1):
        checksum.update(plain)
        nonce = random(NONCE_BYTES)
        yield f"chunks/{number}.csv.encr", nonce + cipher.encrypt(nonce, plain, None)
    yield f"{name}.sha256", checksum.hexdigest().encode()


def _in_chunks(lines: Iterable[bytes], size: int) -> Iterator[bytes]:
    """The same bytes in parts of so many, the last one shorter."""
    waiting = bytearray()
    for data in lines:
        waiting += data
        while len(waiting) >= size:
            yield bytes(waiting[:size])
            del waiting[:size]
    if waiting:
        yield bytes(waiting)


def public_from_pem(text: bytes) -> str:
    """The sealing key in base64 of a file with two PEM blocks, in any order. Errors: `sealing.pem` (Mistake)."""
    first, second = _two_keys(text, load_pem_public_key)
    for seed, exchange in ((first, second), (second, first)):
        if isinstance(seed, MLKEM768PublicKey) and isinstance(exchange, X25519PublicKey):
            return base64.b64encode(seed.public_bytes_raw() + exchange.public_bytes_raw()).decode()
    raise _no_pem()


def private_from_pem(text: bytes) -> bytes:
    """The private sealing key of a file with two PEM blocks, in any order. Errors: `sealing.pem` (Mistake)."""
    first, second = _two_keys(text, lambda block: load_pem_private_key(block, password=None))
    for seed, exchange in ((first, second), (second, first)):
        if isinstance(seed, MLKEM768PrivateKey) and isinstance(exchange, X25519PrivateKey):
            return seed.private_bytes_raw() + exchange.private_bytes_raw()
    raise _no_pem()


def _two_keys(text: bytes, load: Callable[[bytes], object]) -> tuple[object, object]:
    blocks = [found.group() for found in _PEM.finditer(text)]
    try:
        first, second = (load(block) for block in blocks)
    except (ValueError, TypeError):  # another number of blocks, a damaged one, or one under a password
        raise _no_pem() from None
    return first, second


def _no_pem() -> Mistake:
    return Mistake(
        "sealing.pem",
        "The key file does not have exactly one ML-KEM-768 and one X25519 key as PEM blocks.",
        hint="Name the folder in which microdata-tools wrote the keys.",
    )
