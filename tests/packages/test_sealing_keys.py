"""Sealing keys: what is sealed for one key is opened by it alone, with the same context, whole."""

import base64
import hashlib
import secrets

import pytest
from cryptography.hazmat.primitives.asymmetric.mlkem import MLKEM768PrivateKey

from avrop.disclosure import sealingkeys
from avrop.errors import Fault, Mistake, Tampered

OURS = sealingkeys.make_private(secrets.token_bytes)
PUBLIC = sealingkeys.public_key(OURS)


def test_what_is_sealed_is_opened_by_the_private_key() -> None:
    sealed = sealingkeys.seal(b"secret", public=PUBLIC, info=b"context")
    assert sealingkeys.open_sealed(sealed, private=OURS, info=b"context") == b"secret"
    assert len(sealed) == len(b"secret") + 1136


def test_sealing_twice_gives_different_bytes() -> None:
    first, second = (sealingkeys.seal(b"secret", public=PUBLIC, info=b"") for _ in range(2))
    assert first != second


def test_another_key_another_context_and_changed_bytes_open_nothing() -> None:
    sealed = sealingkeys.seal(b"secret", public=PUBLIC, info=b"context")
    other = sealingkeys.make_private(secrets.token_bytes)
    swapped_half = OURS[:64] + other[64:]
    for private, info, given in (
        (other, b"context", sealed),
        (swapped_half, b"context", sealed),
        (other[:64] + OURS[64:], b"context", sealed),
        (OURS, b"another", sealed),
        (OURS, b"context", sealed[:-1]),
        (OURS, b"context", sealed + b"\0"),
        (OURS, b"context", b""),
        *((OURS, b"context", flipped(sealed, place)) for place in (0, 1087, 1088, 1119, 1120, len(sealed) - 1)),
    ):
        with pytest.raises(Tampered, match=r"sealing\.not_opened"):
            sealingkeys.open_sealed(given, private=private, info=info)


def flipped(data: bytes, place: int) -> bytes:
    return data[:place] + bytes([data[place] ^ 1]) + data[place + 1 :]


def test_the_same_private_bytes_give_the_same_public_key_and_id() -> None:
    raw = base64.b64decode(PUBLIC)
    assert sealingkeys.public_key(bytes(OURS)) == PUBLIC
    assert len(raw) == sealingkeys.PUBLIC_BYTES == 1216
    assert raw[:1184] == MLKEM768PrivateKey.from_seed_bytes(OURS[:64]).public_key().public_bytes_raw()
    assert sealingkeys.sealing_key_id(PUBLIC) == hashlib.sha256(raw).hexdigest()[:16]


def test_randomness_is_what_is_given() -> None:
    assert sealingkeys.make_private(lambda count: bytes(count)) == bytes(96)


@pytest.mark.parametrize(
    "public",
    ["", "not base64!", base64.b64encode(bytes(1215)).decode(), base64.b64encode(bytes(1217)).decode(),
     base64.b64encode(b"\xff" * 1216).decode(), PUBLIC + "\n"],
    ids=["empty", "not base64", "short", "long", "no ML-KEM key", "with a line's end"],
)  # fmt: skip
def test_what_is_no_public_key_is_refused(public: str) -> None:
    for use in (sealingkeys.load_public, sealingkeys.sealing_key_id):
        with pytest.raises(Mistake, match=r"sealing\.public_key"):
            use(public)


def test_a_point_of_small_order_seals_nothing() -> None:
    weak = base64.b64encode(base64.b64decode(PUBLIC)[:1184] + bytes(32)).decode()
    with pytest.raises(Mistake, match=r"sealing\.weak_key"):
        sealingkeys.seal(b"secret", public=weak, info=b"")


def test_a_private_key_of_another_length_is_refused() -> None:
    with pytest.raises(Fault, match=r"sealing\.private_key"):
        sealingkeys.load_private(OURS[:-1])
