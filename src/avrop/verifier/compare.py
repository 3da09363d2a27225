"""Do two holders of checkpoints see one log? One alone finds a change; two find a split view."""

from collections.abc import Sequence

from avrop.verifier import merkle, notes


def compare(
    first: str, second: str, *, name: str, public_key: bytes | Sequence[bytes], proof: Sequence[bytes] = ()
) -> str | None:
    """What is wrong between two signed checkpoints of one log, in a sentence, or None.

    `public_key` is the log's key, or several if it was replaced. For different sizes `proof` is the consistency proof
    from the smaller to the larger. Raises ValueError if a note is not the log's.
    """
    keys = (public_key,) if isinstance(public_key, bytes) else tuple(public_key)
    chosen = (keys[notes.signer(note, name, keys) or 0] for note in (first, second))
    opened = (notes.open_note(note, name, key) for note, key in zip((first, second), chosen, strict=True))
    small, large = sorted(opened, key=lambda x: x.size)
    if small.size == large.size:
        return None if small.root == large.root else f"two different logs of {small.size} entries were signed"
    if small.size == 0 or merkle.verify_consistency(small.size, small.root, large.size, large.root, proof):
        return None
    return f"the log of {large.size} entries is not shown to begin with the one of {small.size} entries"
