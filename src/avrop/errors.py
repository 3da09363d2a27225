"""Every error that Avrop raises on purpose: stable code, HTTP status, exit code.

    AvropError
    ├── Stranger     we do not know who you are            401, exit 7
    ├── Refusal      the rules said no                     403, exit 3
    ├── Mistake      your input cannot be used             422, exit 2
    ├── Conflict     somebody was before you: read again   409, exit 4
    ├── Missing      what you named is not here            404, exit 5
    ├── Fault        ours, or the machine's                500, exit 1
    └── Tampered     what was sealed is not what is here   500, exit 6

An error names dataset, variable, case, file and row *number*; never a value from a row and never an identity.
"""

from collections.abc import Mapping
from typing import Any, ClassVar


class AvropError(Exception):
    """One sentence about what and where, and what to do next.

    `code` is stable and documented; `hint` says what to do; `where` holds pointers (file, line, dataset, row number).
    """

    status: ClassVar[int] = 500
    exit_code: ClassVar[int] = 1

    def __init__(self, code: str, sentence: str, *, hint: str = "", **where: str | int) -> None:
        super().__init__(sentence)
        self.code = code
        self.sentence = sentence
        self.hint = hint
        self.where = where

    def __reduce__(self) -> tuple[Any, ...]:
        """An error goes from a worker to who waits for it as it is."""
        return _again, (type(self), self.code, self.sentence, self.hint, self.where)

    def __str__(self) -> str:
        place = ", ".join(f"{name} {value}" for name, value in self.where.items())
        return " ".join(
            part for part in (f"[{self.code}]", self.sentence, f"({place})" if place else "", self.hint) if part
        )


class Stranger(AvropError):
    """Who asks could not be established."""

    status = 401
    exit_code = 7


class Refusal(AvropError):
    """The rules said no."""

    status = 403
    exit_code = 3


class Mistake(AvropError):
    """The input cannot be used as it is."""

    status = 422
    exit_code = 2


class Conflict(AvropError):
    """Something changed since it was read: read again."""

    status = 409
    exit_code = 4


class Missing(AvropError):
    """What was named is not here."""

    status = 404
    exit_code = 5


class Fault(AvropError):
    """Our fault, or the machine's: nothing was half done; try again when it is mended."""


class Tampered(AvropError):
    """What was sealed is not what is here: nothing runs."""

    exit_code = 6


def _again(kind: type[AvropError], code: str, sentence: str, hint: str, where: Mapping[str, str | int]) -> AvropError:
    return kind(code, sentence, hint=hint, **where)
