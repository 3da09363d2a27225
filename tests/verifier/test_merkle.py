"""Merkle trees after RFC 9162, against the vectors of Certificate Transparency's reference, and by property."""

import base64

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from avrop.verifier import merkle
from avrop.verifier.notes import Checkpoint, open_note, sign_note
from tests.examples import tried

INPUTS = [bytes.fromhex(x) for x in ("", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f")]  # fmt: skip
ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
LEAVES = st.lists(st.binary(max_size=4), min_size=1, max_size=40)


@pytest.mark.parametrize("size", range(1, 9))
def test_roots_are_those_of_the_reference(size: int) -> None:
    assert merkle.root([merkle.leaf_hash(x) for x in INPUTS[:size]]).hex() == ROOTS[size - 1]


def test_the_empty_tree_has_the_hash_of_nothing() -> None:
    assert merkle.root([]).hex() == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"


@tried(100)
@given(LEAVES, st.data())
def test_an_inclusion_proof_holds_for_its_leaf_and_place_only(leaves: list[bytes], data: st.DataObject) -> None:
    hashes = [merkle.leaf_hash(x) for x in leaves]
    index = data.draw(st.integers(0, len(hashes) - 1))
    proof, root = merkle.inclusion_proof(hashes, index), merkle.root(hashes)
    assert merkle.verify_inclusion(hashes[index], index, len(hashes), proof, root)
    other = merkle.leaf_hash(b"another leaf")
    assert not merkle.verify_inclusion(other, index, len(hashes), proof, root)
    assert not merkle.verify_inclusion(hashes[index], index, len(hashes), [*proof, other], root)
    assert not merkle.verify_inclusion(hashes[index], len(hashes), len(hashes), proof, root)


@tried(100)
@given(LEAVES, st.data())
def test_a_consistency_proof_holds_for_a_true_prefix_only(leaves: list[bytes], data: st.DataObject) -> None:
    hashes = [merkle.leaf_hash(x) for x in leaves]
    old = data.draw(st.integers(1, len(hashes)))
    proof, before, now = merkle.consistency_proof(hashes, old), merkle.root(hashes[:old]), merkle.root(hashes)
    assert merkle.verify_consistency(old, before, len(hashes), now, proof)
    place = data.draw(st.integers(0, old - 1))
    changed = [*hashes[:place], merkle.leaf_hash(b"changed afterwards"), *hashes[place + 1 :]]
    assert not merkle.verify_consistency(
        old, before, len(hashes), merkle.root(changed), merkle.consistency_proof(changed, old)
    )


def test_a_note_is_opened_by_its_own_key_and_name_only() -> None:
    key, stranger = Ed25519PrivateKey.generate(), Ed25519PrivateKey.generate()
    public = key.public_key().public_bytes_raw()
    checkpoint = Checkpoint("avrop/test", 3, bytes(32))
    note = sign_note(checkpoint, "avrop/test", public, key.sign)
    assert open_note(note, "avrop/test", public) == checkpoint
    for bad in (
        (note, "avrop/other", public),
        (note, "avrop/test", stranger.public_key().public_bytes_raw()),
        (note.replace("\n3\n", "\n4\n"), "avrop/test", public),
        (note.replace(base64.b64encode(bytes(32)).decode(), base64.b64encode(bytes(31) + b"1").decode()), "avrop/test", public),
        (note.split("\n\n")[0], "avrop/test", public),
    ):  # fmt: skip
        with pytest.raises(ValueError):
            open_note(*bad)
