"""What can be wrong with a package, said once for every reader of packages: sealed streams, folders, other forms."""

from avrop.errors import Mistake, Refusal, Tampered


def bad_form(why: str) -> Mistake:
    """`package.form`: the bytes are no sealed package that this program reads."""
    return Mistake("package.form", f"This is no sealed package that can be read: {why}.", hint="Ask for it again.")


def not_signed() -> Refusal:
    """`package.signature`: somebody else than the provider signed, or nobody."""
    return Refusal(
        "package.signature", "The package's papers are not signed with the provider's key.", hint="Ask for it again."
    )


def other_recipient() -> Refusal:
    """`package.recipient`: it is for another organisation."""
    return Refusal(
        "package.recipient", "The package is for another organisation.", hint="Ask the provider for one of your own."
    )


def no_such_key(key: str) -> Refusal:
    """`package.no_key`: the private key it was sealed for is not here; its public id may be said."""
    return Refusal(
        "package.no_key",
        "The package is sealed for a key that is not in the key store.",
        hint="Ask the provider to seal it again for the key that you publish now.",
        key=key,
    )


def bad_member(why: str, **where: int) -> Refusal:
    """`package.member`: a signed header names files that no package may have."""
    return Refusal(
        "package.member", f"The package's list of files is refused: {why}.", hint="Ask the provider.", **where
    )


def too_large() -> Refusal:
    """`package.too_large`: it would need more room than it is given."""
    return Refusal(
        "package.too_large", "The package is larger than is allowed here.", hint="Make room and raise the limit."
    )


def expired() -> Refusal:
    """`package.expired`: its time is over."""
    return Refusal(
        "package.expired", "The package may no longer be used: the day until which it is kept is over.",
        hint="Delete it, and ask for a new call-off if there is a purpose still.",
    )  # fmt: skip


def inconsistent(what: str) -> Tampered:
    """`package.inconsistent`: header and manifest do not belong together."""
    return Tampered(
        "package.inconsistent",
        f"The package's header and its manifest do not say the same of {what}. Nothing was kept.",
        hint="Ask the provider to send the generation again.",
    )


def bad_chunk(name: str, index: int) -> Tampered:
    """`package.chunk`: a chunk does not open at its place."""
    return Tampered(
        "package.chunk",
        "A part of the package was changed, is missing, or stands in another place. Nothing was kept.",
        hint="Ask the provider to send the package again.",
        file=name or "end",
        part=index,
    )


def changed(name: str) -> Tampered:
    """`package.changed`: a whole file that is not the manifest's."""
    return Tampered(
        "package.changed",
        "A file is not the one that the manifest names. Nothing was kept.",
        hint="Ask the provider to send the generation again.",
        file=name,
    )


def after_the_end() -> Tampered:
    """`package.trailing`: bytes follow the end marker."""
    return Tampered(
        "package.trailing", "There are bytes after the package's end. Nothing was kept.", hint="Ask for it again."
    )


def incomplete(received: int) -> Mistake:
    """`package.incomplete`: the stream stopped before its end marker."""
    return Mistake(
        "package.incomplete",
        "The package stops before its end. Nothing was kept.",
        hint="Let the provider send the rest from that byte on.",
        byte=received,
    )


def source_changed(name: str) -> Tampered:
    """`package.source_changed`: at the provider, a file of the generation is not what its manifest says."""
    return Tampered(
        "package.source_changed",
        "A file of the generation is not the one that its manifest names. The package is given up.",
        hint="Build the next generation.",
        file=name,
    )
