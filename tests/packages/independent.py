"""A reader of sealed packages written from `docs/package-format.md` alone: standard library and cryptography, none of our
code. What it opens is what the page says."""

import base64
import hashlib
import json
import struct

from cryptography.hazmat.primitives import hpke
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.mlkem import MLKEM768PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF


def read(data: bytes, *, provider_key: str, private: bytes) -> tuple[dict[str, bytes], list[tuple[bytes, bytes]]]:
    """The files by name, and the nonce and the associated data of every chunk."""
    assert data[:12] == bytes.fromhex("41 56 52 4f 50 50 4b 47 0d 0a 1a 01")
    (length,) = struct.unpack(">I", data[12:16])
    envelope, rest = json.loads(data[16 : 16 + length]), data[16 + length :]
    for part, kind in (("header", "package"), ("manifest", "manifest")):
        text = f"AVROP {kind} 1\n" + envelope[part]["body"]
        signature = base64.b64decode(envelope[part]["signature"])
        Ed25519PublicKey.from_public_bytes(base64.b64decode(provider_key)).verify(signature, text.encode())
    header = json.loads(envelope["header"]["body"])
    key, bound = AESGCM(content_key(envelope, private)), []
    files: dict[str, bytes] = {}
    for number, member in enumerate(header["members"]):
        count = max(1, -(-member["size"] // header["chunk_size"]))
        plain = b""
        for index in range(count):
            size = min(header["chunk_size"], member["size"] - index * header["chunk_size"])
            bound.append(place(header["package"], number, index, int(index == count - 1), member["name"]))
            plain += key.decrypt(bound[-1][0], rest[: size + 16], bound[-1][1])
            rest = rest[size + 16 :]
        assert "sha256:" + hashlib.sha256(plain).hexdigest() == member["digest"]
        files[member["name"]] = plain
    bound.append(place(header["package"], len(header["members"]), 0, 2, ""))
    assert len(rest) == 16
    assert key.decrypt(bound[-1][0], rest, bound[-1][1]) == b""
    return files, bound


def content_key(envelope: dict[str, dict[str, str]], private: bytes) -> bytes:
    """The key of the chunks."""
    signed = json.dumps(envelope["header"], sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    header_digest = "sha256:" + hashlib.sha256(signed.encode()).hexdigest()
    pair = hpke.MLKEM768X25519PrivateKey(
        MLKEM768PrivateKey.from_seed_bytes(private[:64]), X25519PrivateKey.from_private_bytes(private[64:])
    )
    suite = hpke.Suite(hpke.KEM.MLKEM768_X25519, hpke.KDF.HKDF_SHA256, hpke.AEAD.AES_256_GCM)
    sealed = base64.b64decode(str(envelope["content_key"]))
    secret = suite.decrypt(sealed, pair, info=f"AVROP package key 1\n{header_digest}".encode())
    info = f"AVROP package chunks 1\n{header_digest}".encode()
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=info).derive(secret)


def place(package: str, member: int, index: int, last: int, name: str) -> tuple[bytes, bytes]:
    """A chunk's nonce and its associated data."""
    nonce = struct.pack(">IQ", member, index)
    return nonce, b"AVROP package chunk 1\n" + bytes.fromhex(package) + nonce + bytes([last]) + name.encode()
