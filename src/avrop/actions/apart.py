"""Reads what strangers wrote in a process of its own, with so much time and memory and no more.

A small text may ask a parser for more than a machine has: lists of lists, names without end, entities. Whatever it does
there ends with that process.
"""

import resource
from collections.abc import Callable
from multiprocessing import get_context
from multiprocessing.connection import Connection
from typing import Any

from avrop.errors import AvropError, Mistake

SECONDS, MEMORY = 30, 2 * 1024**3
"""Of the processor, and bytes of address space."""


def apart(read: Callable[..., Any], text: str, **more: str) -> Any:
    """What `read(text, **more)` gives; it must be found by its name, and its result be sendable.

    Errors: `gather.too_much` (Mistake), and a Mistake of `read` by its code.
    """
    context = get_context("spawn")
    ours, theirs = context.Pipe(duplex=False)
    child = context.Process(target=_child, args=(theirs, read, text, more), daemon=True)
    child.start()
    theirs.close()
    try:
        said = ours.recv() if ours.poll(2 * SECONDS) else None
    except EOFError:  # it ended without a word
        said = None
    finally:
        child.kill()
        child.join()
        ours.close()
    if said is None:
        hint = "Ask its sender for less, or for another form."
        raise Mistake("gather.too_much", "The answer takes more time or memory than there is for it.", hint=hint)
    kind, value = said
    if kind == "mistake":
        raise Mistake(*value[:2], hint=value[2])
    return value


def _child(theirs: Connection, read: Callable[..., Any], text: str, more: dict[str, str]) -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    try:
        theirs.send(("read", read(text, **more)))
    except AvropError as failure:
        theirs.send(("mistake", (failure.code, failure.sentence, failure.hint)))
