"""The tree is that of RFC 9162: the known test inputs of certificate transparency, and any tree against a plain one."""

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from avrop.verifier import merkle
from avrop.verifier.compare import compare
from avrop.verifier.notes import Checkpoint, sign_note
from tests.verifier.making import ORIGIN, private, raw

INPUTS = (
    "", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f",
)  # fmt: skip
ROOTS = (
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
)
INCLUSION = {
    (0, 1): (),
    (0, 8): (
        "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
    ),
    (5, 8): (
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ),
    (2, 3): ("fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",),
}
CONSISTENCY = {
    (1, 1): (),
    (1, 8): INCLUSION[0, 8],
    (6, 8): (
        "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ),
    (2, 5): (
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
    ),
}
LEAVES = [merkle.leaf_hash(bytes.fromhex(x)) for x in INPUTS]
trees = st.lists(st.binary(min_size=0, max_size=3), min_size=1, max_size=70).map(
    lambda data: [merkle.leaf_hash(x) for x in data]
)


def plain_root(hashes: Sequence[bytes]) -> bytes:
    """The definition of RFC 9162, section 2.1.1, as it stands there."""
    if len(hashes) == 1:
        return hashes[0]
    split = 1
    while split * 2 < len(hashes):
        split *= 2
    return merkle.node_hash(plain_root(hashes[:split]), plain_root(hashes[split:]))


@pytest.mark.parametrize("size", range(9))
def test_the_roots_of_the_known_inputs(size: int) -> None:
    assert merkle.root(LEAVES[:size]).hex() == ROOTS[size]


@pytest.mark.parametrize(("place", "proof"), INCLUSION.items())
def test_the_inclusion_proofs_of_the_known_inputs(place: tuple[int, int], proof: tuple[str, ...]) -> None:
    index, size = place
    assert tuple(x.hex() for x in merkle.inclusion_proof(LEAVES[:size], index)) == proof


@pytest.mark.parametrize(("sizes", "proof"), CONSISTENCY.items())
def test_the_consistency_proofs_of_the_known_inputs(sizes: tuple[int, int], proof: tuple[str, ...]) -> None:
    old, new = sizes
    assert tuple(x.hex() for x in merkle.consistency_proof(LEAVES[:new], old)) == proof


@given(trees)
def test_any_root_is_that_of_the_definition(hashes: list[bytes]) -> None:
    assert merkle.root(hashes) == plain_root(hashes)


@given(trees, st.data())
def test_every_leaf_is_shown_to_be_where_it_is_and_nowhere_else(hashes: list[bytes], data: st.DataObject) -> None:
    size, root = len(hashes), merkle.root(hashes)
    index = data.draw(st.integers(0, size - 1))
    proof = merkle.inclusion_proof(hashes, index)
    assert merkle.verify_inclusion(hashes[index], index, size, proof, root)
    assert not merkle.verify_inclusion(b"\x01" * 32, index, size, proof, root)
    assert not merkle.verify_inclusion(hashes[index], index, size, [*proof, root], root)
    assert not merkle.verify_inclusion(hashes[index], size, size, proof, root)
    assert not merkle.verify_inclusion(hashes[index], -1, size, proof, root)
    for place in range(len(proof)):
        changed = [*proof]
        changed[place] = bytes(32)
        assert not merkle.verify_inclusion(hashes[index], index, size, changed, root)
    assert not proof or not merkle.verify_inclusion(hashes[index], index, size, proof[:-1], root)


@given(trees, st.data())
def test_a_prefix_is_shown_and_any_other_tree_is_not(hashes: list[bytes], data: st.DataObject) -> None:
    size, root = len(hashes), merkle.root(hashes)
    old = data.draw(st.integers(1, size))
    held, proof = merkle.root(hashes[:old]), merkle.consistency_proof(hashes, old)
    assert merkle.verify_consistency(old, held, size, root, proof)
    assert not merkle.verify_consistency(old, bytes(32), size, root, proof)
    assert not merkle.verify_consistency(old, held, size, bytes(32), proof)
    assert not merkle.verify_consistency(old, held, size, root, [*proof, root])
    assert not merkle.verify_consistency(0, held, size, root, proof)
    assert not merkle.verify_consistency(size + 1, held, size, root, proof)
    for place in range(len(proof)):
        changed = [*proof]
        changed[place] = bytes(32)
        assert not merkle.verify_consistency(old, held, size, root, changed)


@given(trees, st.data())
def test_no_proof_shows_a_log_whose_prefix_was_changed(hashes: list[bytes], data: st.DataObject) -> None:
    old = data.draw(st.integers(1, len(hashes)))
    index = data.draw(st.integers(0, old - 1))
    rewritten = [*hashes]
    rewritten[index] = merkle.leaf_hash(b"rewritten")
    proof = merkle.consistency_proof(rewritten, old)
    assert not merkle.verify_consistency(old, merkle.root(hashes[:old]), len(hashes), merkle.root(rewritten), proof)


@pytest.mark.parametrize("index", [-1, 8])
def test_a_leaf_that_is_not_there_has_no_proof(index: int) -> None:
    with pytest.raises(ValueError, match="no such leaf"):
        merkle.inclusion_proof(LEAVES, index)


@pytest.mark.parametrize("size", [0, 9])
def test_a_size_that_was_not_has_no_proof(size: int) -> None:
    with pytest.raises(ValueError, match="no such earlier size"):
        merkle.consistency_proof(LEAVES, size)


def signed(hashes: Sequence[bytes]) -> str:
    """The log's signed checkpoint over these leaf hashes."""
    return sign_note(Checkpoint(ORIGIN, len(hashes), merkle.root(hashes)), ORIGIN, raw("log"), private("log").sign)


class TestTwoHoldersCompare:
    """A split view is found as soon as two holders compare what they hold (invariant 9)."""

    @given(trees, st.data())
    def test_two_views_of_one_log_agree(self, hashes: list[bytes], data: st.DataObject) -> None:
        old = data.draw(st.integers(1, len(hashes)))
        notes, proof = (signed(hashes[:old]), signed(hashes)), merkle.consistency_proof(hashes, old)
        assert compare(*notes, name=ORIGIN, public_key=raw("log"), proof=proof) is None
        assert compare(*reversed(notes), name=ORIGIN, public_key=raw("log"), proof=proof) is None

    @given(trees, st.data())
    def test_a_log_that_was_shown_differently_is_found(self, hashes: list[bytes], data: st.DataObject) -> None:
        old = data.draw(st.integers(1, len(hashes)))
        other = [*hashes]
        other[data.draw(st.integers(0, old - 1))] = merkle.leaf_hash(b"shown to the other")
        notes, proof = (signed(hashes[:old]), signed(other)), merkle.consistency_proof(other, old)
        said = compare(*notes, name=ORIGIN, public_key=raw("log"), proof=proof)
        assert said is not None
        assert str(old) in said

    def test_an_empty_log_is_the_beginning_of_each(self) -> None:
        assert compare(signed([]), signed(LEAVES), name=ORIGIN, public_key=raw("log")) is None

    def test_without_a_proof_nothing_is_shown(self) -> None:
        assert compare(signed(LEAVES[:3]), signed(LEAVES), name=ORIGIN, public_key=raw("log")) is not None

    def test_a_note_by_another_key_is_refused(self) -> None:
        with pytest.raises(ValueError, match="not signed"):
            compare(signed(LEAVES), signed(LEAVES), name=ORIGIN, public_key=raw("provider"))
