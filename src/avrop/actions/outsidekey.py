"""The key that an external commons gave us, from where its owner keeps it."""

import re

from avrop.errors import Mistake
from avrop.settings import ExternalSetting
from avrop.system import System

_KEY = re.compile(r"[\x21\x23-\x5b\x5d-\x7e]{1,512}")
"""Plain characters, without those that JSON writes otherwise: what a back-end repeats of it must be found again."""

_OTHERS = 0o077
"""The part of a file's mode that is not its owner's."""


def key_to(system: System, outside: ExternalSetting) -> str:
    """The key, as it stands in the environment or in its file. No error has anything of it.

    Errors: `publish.no_key`, `publish.key_open`, `publish.key_form` (Mistake).
    """
    key = system.settings.commons_key
    if key is None and outside.key_file is not None:
        try:
            if outside.key_file.stat().st_mode & _OTHERS:
                raise Mistake(
                    "publish.key_open",
                    "Others than its owner may read or write the file of the key to the commons.",
                    hint="Make it its owner's alone (`chmod 600`), and ask the commons for another key if it was read.",
                )
            key = outside.key_file.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError):
            key = None
    if key is None:
        raise Mistake(
            "publish.no_key",
            "The key to the commons is not there, or cannot be read.",
            hint="Name its file in `key_file` of [external], or set AVROP_COMMONS_KEY.",
        )
    if not _KEY.fullmatch(key.strip()):
        raise Mistake(
            "publish.key_form", "The key to the commons is no line of plain characters.", hint="Copy it whole."
        )
    return key.strip()
