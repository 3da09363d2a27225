"""Merkle trees after RFC 9162, section 2.1: roots, inclusion proofs and consistency proofs over SHA-256."""

import hashlib
from collections.abc import Sequence

EMPTY = hashlib.sha256(b"").digest()
"""The root of a tree without leaves."""


def leaf_hash(data: bytes) -> bytes:
    """The hash of a leaf: SHA-256(0x00 ‖ data)."""
    return hashlib.sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """The hash of an inner node: SHA-256(0x01 ‖ left ‖ right)."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def root(hashes: Sequence[bytes]) -> bytes:
    """The root over leaf hashes, in one pass with a stack of full subtrees."""
    stack: list[tuple[int, bytes]] = []
    for value in hashes:
        size = 1
        while stack and stack[-1][0] == size:
            value = node_hash(stack.pop()[1], value)
            size *= 2
        stack.append((size, value))
    if not stack:
        return EMPTY
    value = stack.pop()[1]
    while stack:
        value = node_hash(stack.pop()[1], value)
    return value


def inclusion_proof(hashes: Sequence[bytes], index: int) -> list[bytes]:
    """The audit path of leaf `index` in the tree over these leaf hashes."""
    if not 0 <= index < len(hashes):
        raise ValueError("no such leaf")
    if len(hashes) == 1:
        return []
    split = _split(len(hashes))
    if index < split:
        return [*inclusion_proof(hashes[:split], index), root(hashes[split:])]
    return [*inclusion_proof(hashes[split:], index - split), root(hashes[:split])]


def verify_inclusion(leaf: bytes, index: int, size: int, proof: Sequence[bytes], tree_root: bytes) -> bool:
    """Whether the proof shows that the leaf hash stands at `index` in the tree of that size and root."""
    if not 0 <= index < size:
        return False
    node, last, value = index, size - 1, leaf
    for part in proof:
        if last == 0:
            return False
        if node & 1 or node == last:
            value = node_hash(part, value)
            while not node & 1 and node:
                node, last = node >> 1, last >> 1
        else:
            value = node_hash(value, part)
        node, last = node >> 1, last >> 1
    return last == 0 and value == tree_root


def consistency_proof(hashes: Sequence[bytes], old_size: int) -> list[bytes]:
    """The proof that the tree over the first `old_size` leaf hashes is a prefix of the tree over all of them."""
    if not 0 < old_size <= len(hashes):
        raise ValueError("no such earlier size")
    return _subproof(hashes, old_size, whole=True)


def verify_consistency(old_size: int, old_root: bytes, size: int, new_root: bytes, proof: Sequence[bytes]) -> bool:
    """Whether the proof shows that the old tree is a prefix of the new one (RFC 9162, section 2.1.4.2)."""
    if not 0 < old_size <= size:
        return False
    if old_size == size:
        return not proof and old_root == new_root
    parts = [old_root, *proof] if old_size & (old_size - 1) == 0 else list(proof)
    if not parts:
        return False
    node, last = old_size - 1, size - 1
    while node & 1:
        node, last = node >> 1, last >> 1
    old_value = new_value = parts[0]
    for part in parts[1:]:
        if last == 0:
            return False
        if node & 1 or node == last:
            old_value, new_value = node_hash(part, old_value), node_hash(part, new_value)
            while not node & 1 and node:
                node, last = node >> 1, last >> 1
        else:
            new_value = node_hash(new_value, part)
        node, last = node >> 1, last >> 1
    return last == 0 and old_value == old_root and new_value == new_root


def _subproof(hashes: Sequence[bytes], old_size: int, *, whole: bool) -> list[bytes]:
    if old_size == len(hashes):
        return [] if whole else [root(hashes)]
    split = _split(len(hashes))
    if old_size <= split:
        return [*_subproof(hashes[:split], old_size, whole=whole), root(hashes[split:])]
    return [*_subproof(hashes[split:], old_size - split, whole=False), root(hashes[:split])]


def _split(size: int) -> int:
    """The largest power of two smaller than `size`."""
    return 1 << (size - 1).bit_length() - 1
