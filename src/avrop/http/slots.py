"""How many answers one subject may have under way at a time."""

import threading
from collections import Counter
from collections.abc import Callable

from avrop.errors import Refusal


class Slots:
    """Counts the answers of an application, by subject. Used from any thread."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._taken: Counter[str] = Counter()
        self._lock = threading.Lock()

    def take(self, subject: str) -> Callable[[], None]:
        """Take a slot; what it gives gives it back, once however often it is called.

        Errors: `stream.too_many` (Refusal).
        """
        with self._lock:
            if self._taken[subject] >= self._most:
                raise Refusal(
                    "stream.too_many",
                    f"You have {self._most} answers under way, and no more are given at a time.",
                    hint="Read one to its end first.",
                )
            self._taken[subject] += 1
        held = [subject]

        def give_back() -> None:
            with self._lock:
                if held:
                    self._taken[held.pop()] -= 1
                    self._taken += Counter()  # drops who has none

        return give_back
