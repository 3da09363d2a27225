"""YAML text ⇄ one version of a call-off, as the receiver writes it."""

from collections.abc import Mapping

from avrop.canonical import Digest, build, plain
from avrop.catalogue.yamltext import dump_yaml, load_yaml, place_in
from avrop.errors import Mistake
from avrop.governance.purposes import CallOffVersion, require_reference


def read_call_off(text: str, *, file: str, catalogues: Mapping[tuple[str, str], Digest]) -> CallOffVersion:
    """The version that the text describes. It names its catalogue as {name, version}; `catalogues` gives the digests of
    those that are published.

    Errors (Mistake): `call_off.yaml` with file, line and column; `call_off.form`; `call_off.catalogue_unknown`;
    `call_off.reference`; `document.unreadable` with the place of each fault.
    """
    values = load_yaml(text, file=file, code="call_off.yaml")
    if not isinstance(values, dict):
        raise Mistake("call_off.form", "The file must hold a mapping of names to values.", file=file)
    wanted = values.get("catalogue")
    if not isinstance(wanted, dict) or set(wanted) != {"name", "version"}:
        raise Mistake("call_off.form", "`catalogue` must give a name and a version.", file=file)
    key = (str(wanted["name"]), str(wanted["version"]))
    if key not in catalogues:
        known = ", ".join(f"{name} {version}" for name, version in sorted(catalogues))
        raise Mistake(
            "call_off.catalogue_unknown", f"That catalogue version is not published; these are: {known}.", file=file
        )
    version: CallOffVersion = build(
        CallOffVersion, {**values, "catalogue": catalogues[key]}, what=f"The call-off {file}", place=place_in(text)
    )
    require_reference(version.reference)
    return version


def write_call_off(version: CallOffVersion, *, catalogue: tuple[str, str]) -> str:
    """The text that describes the version; reading it gives it back."""
    name, number = catalogue
    return dump_yaml({**plain(version), "catalogue": {"name": name, "version": number}})
