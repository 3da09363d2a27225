"""Checkpoints are signed notes that other people's tools can read, in one form only."""

import base64

import pytest

from avrop.verifier.notes import Checkpoint, key_hash, open_note, sign_note
from tests.verifier.making import private, raw

HELD = Checkpoint("avrop/provider", 7, bytes(range(32)))
NOTE = sign_note(HELD, "avrop/provider", raw("log"), private("log").sign)


def opened(note: str) -> Checkpoint:
    """The checkpoint of a note under the log's key."""
    return open_note(note, "avrop/provider", raw("log"))


def test_a_note_has_the_form_of_the_contract() -> None:
    body, signature = NOTE.split("\n\n")
    assert body == "avrop/provider\n7\nAAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="
    dash, name, value = signature.removesuffix("\n").split(" ")
    assert (dash, name) == ("\N{EM DASH}", "avrop/provider")
    said = base64.b64decode(value)
    assert said[:4] == key_hash("avrop/provider", raw("log"))
    private("log").public_key().verify(said[4:], (body + "\n").encode())
    assert opened(NOTE) == HELD


def test_a_key_hash_is_that_of_the_known_verifier_key() -> None:
    name, shown, key = ["PeterNeumann", "c74f20a3", "ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"]
    assert key_hash(name, base64.b64decode(key)[1:]).hex() == shown


def test_a_further_signature_by_a_witness_does_no_harm() -> None:
    assert opened(NOTE + "\N{EM DASH} witness AAAAAAAAAAAA\n") == HELD


@pytest.mark.parametrize(
    "changed",
    [
        NOTE[:-1],
        NOTE[:-1] + "\v",
        NOTE[:-1] + "\r\n",
        NOTE.replace("\n7\n", "\n8\n"),
        NOTE.replace("\n7\n", "\n07\n"),
        NOTE.replace("\N{EM DASH} avrop/provider", "\N{EM DASH} avrop/other"),
        NOTE.replace("\N{EM DASH}", "-"),
        NOTE.replace("\n\n", "\n"),
        NOTE.split("\n\n")[0] + "\n\n",
        "",
    ],
)
def test_a_note_in_any_other_form_is_refused(changed: str) -> None:
    assert changed != NOTE
    with pytest.raises(ValueError, match="it "):
        opened(changed)


def test_the_unused_bits_of_a_signatures_text_count_too() -> None:
    place = NOTE.rindex("=") - 1
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
    other = alphabet[alphabet.index(NOTE[place]) ^ 1]
    changed = NOTE[:place] + other + NOTE[place + 1 :]
    line, line_changed = NOTE.split(" ")[-1], changed.split(" ")[-1]
    assert base64.b64decode(line) == base64.b64decode(line_changed)
    with pytest.raises(ValueError, match="not signed"):
        opened(changed)


@pytest.mark.parametrize("body", ["avrop/provider\n7\n", "avrop/provider\nx\nAA==\n", "avrop/provider\n7\nAA==\n"])
def test_a_signed_note_that_is_no_checkpoint_is_refused(body: str) -> None:
    said = key_hash("avrop/provider", raw("log")) + private("log").sign(body.encode())
    note = f"{body}\n\N{EM DASH} avrop/provider {base64.b64encode(said).decode()}\n"
    with pytest.raises(ValueError, match="it is not a checkpoint"):
        opened(note)


def test_a_negative_size_is_refused() -> None:
    note = sign_note(Checkpoint("avrop/provider", -1, bytes(32)), "avrop/provider", raw("log"), private("log").sign)
    with pytest.raises(ValueError, match="it is not a checkpoint"):
        opened(note)


def test_another_logs_origin_under_the_same_key_is_refused() -> None:
    note = sign_note(Checkpoint("avrop/other", 7, bytes(32)), "avrop/provider", raw("log"), private("log").sign)
    with pytest.raises(ValueError, match="it is of another log"):
        opened(note)
