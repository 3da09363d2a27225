"""Whether what answers under way were given for still holds: one look-up a second at most for each of them."""

import asyncio
import logging
import time
from collections.abc import Callable, Hashable
from dataclasses import dataclass

import anyio.to_thread

from avrop.errors import AvropError

FRESH_SECONDS = 1.0
"""How old a look-up may be when it is used."""

PATIENCE_SECONDS = 3.0
"""How long a look-up may take. Together with how often it is made: well within the five seconds that are promised."""

_LOG = logging.getLogger("avrop.http")


@dataclass(frozen=True)
class _Asked:
    began: float
    answer: asyncio.Future[bool]


class Authority:
    """Shared by all answers of an application; used on its event loop only."""

    def __init__(self) -> None:
        self._asked: dict[Hashable, _Asked] = {}

    async def holds(self, key: Hashable, look_up: Callable[[], bool], *, since: float) -> bool:
        """The answer of a look-up that began within the last second. No answer in time is a no: nobody knows.

        One look-up of a key runs at a time, in a thread, also when it hangs: a database that is slow is not asked more.
        A no counts only if it was looked up after `since` (a monotonic time), when whoever asks was last permitted.
        """
        asked = self._asked_now(key, look_up, since)
        if await _within_patience(asked.answer):
            return True
        if asked.answer.done() and asked.began < since:
            return await _within_patience(self._asked_now(key, look_up, since).answer)
        return False

    def _asked_now(self, key: Hashable, look_up: Callable[[], bool], since: float) -> _Asked:
        now, known = time.monotonic(), self._asked.get(key)
        if known is not None and not known.answer.done():
            return known
        if known is not None and now - known.began <= FRESH_SECONDS and (known.answer.result() or known.began >= since):
            return known
        self._forget(now)
        self._asked[key] = _Asked(now, asyncio.ensure_future(_ask(look_up)))
        return self._asked[key]

    def _forget(self, now: float) -> None:
        """Drop what nobody has asked for in a while."""
        old = [key for key, x in self._asked.items() if x.answer.done() and now - x.began > 10 * FRESH_SECONDS]
        for key in old:
            del self._asked[key]


async def _within_patience(answer: asyncio.Future[bool]) -> bool:
    done, _ = await asyncio.wait({answer}, timeout=PATIENCE_SECONDS)
    return bool(done) and answer.result()


async def _ask(look_up: Callable[[], bool]) -> bool:
    try:
        return await anyio.to_thread.run_sync(look_up)
    except AvropError as failure:
        _LOG.warning("an authority could not be looked up: %s", failure.code)
        return False
    except Exception as failure:  # whatever it is: nobody knows, so it does not hold
        _LOG.error("an authority could not be looked up: %s", type(failure).__name__)
        return False
