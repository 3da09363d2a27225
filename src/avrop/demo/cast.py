"""The cast of the demo: which installations there are, whose, with which faces, addresses and settings."""

import json
import shlex
import socket
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from avrop.actors import Role
from avrop.catalogue.yamltext import dump_yaml
from avrop.settings import Face, IssuerSetting, PeerSetting, ServeSetting, Settings
from avrop.store.files import write_file

FACES: Mapping[str, tuple[Face, ...]] = {
    "provider": ("catalogue", "casework", "datasource"),
    "receiver": ("inbox",),
    "commons": ("catalogue",),
}
"""What each side shows; a witness shows the witness face."""
_ACTING = (Role.OPERATOR, Role.CUSTODIAN, Role.DECIDER)


@dataclass(frozen=True, kw_only=True)
class Part:
    """One installation: its name (and its database's), its organisation, its faces, and where it is reached."""

    name: str
    organisation: str
    faces: tuple[Face, ...]
    url: str

    @property
    def port(self) -> int:
        """The port of its address."""
        return int(self.url.rsplit(":", 1)[1].strip("/"))


def cast(parties: Mapping[str, Any], home: Path, names: tuple[str, ...] | None = None) -> tuple[Part, ...]:
    """The installations of the story: provider, receiver, commons and the witnesses, or only those that are named.

    The addresses are chosen once per home, on loopback, and stand in `ports.json`.
    """
    found: dict[str, tuple[str, tuple[Face, ...]]] = {name: (parties[name]["code"], FACES[name]) for name in FACES}
    found |= {f"witness_{code}": (code, ("witness",)) for code in parties["story"]["witnesses"]}
    ports = _ports(home / "ports.json", (*found, "issuer"))
    if not (home / PUBLISHER).exists():
        write_file(home / PUBLISHER, dump_yaml(parties["commons"]["publisher"]).encode())
    return tuple(
        Part(name=name, organisation=code, faces=faces, url=f"http://127.0.0.1:{ports[name]}/")
        for name, (code, faces) in found.items()
        if names is None or name in names
    )


PUBLISHER = "publisher.yaml"
"""The file, beside the installations, that says who publishes."""
DATASOURCE = "demo-datasource"
"""The id under which the datasource is known to the issuer of the demo."""


def issuer_url(home: Path) -> str:
    """Where the demo's stand-in token issuer is reached; without a slash at its end."""
    ports = json.loads((home / "ports.json").read_text())
    return f"http://127.0.0.1:{ports['issuer']}"


def believed(url: str) -> tuple[IssuerSetting, ...]:
    """The stand-in as the provider's settings name it: for people, and for consumers."""
    kinds: tuple[Literal["people", "consumers"], ...] = ("people", "consumers")
    return tuple(
        IssuerSetting(issuer=f"{url}/{kind}", keys_url=f"{url}/{kind}/keys", audiences=(DATASOURCE,), admits=kind)
        for kind in kinds
    )


def settings(
    part: Part,
    parts: tuple[Part, ...],
    home: Path,
    *,
    database_url: str | None = None,
    fault_point: str | None = None,
    fault_trace: Path | None = None,
) -> Settings:
    """The settings of one installation; the others are its peers."""
    issuer = issuer_url(home)
    return Settings(
        name=part.name,
        organisation=part.organisation,
        home=home / part.name / "zone",
        keys_home=home / part.name / "keys",
        database_url=database_url,
        embedded_home=home / "postgres",
        demo=True,
        fault_point=fault_point,
        fault_trace=fault_trace,
        serve=ServeSetting(
            faces=part.faces,
            port=part.port,
            public_url=part.url,
            peers=tuple(PeerSetting(organisation=p.organisation, url=p.url) for p in parts if p is not part),
            allowed_hosts=tuple(url.removeprefix("http://").strip("/") for url in (*(p.url for p in parts), issuer)),
            issuers=believed(issuer) if part.name == "provider" else (),
            datasource_id=DATASOURCE if part.name == "provider" else None,
            publisher=home / PUBLISHER if part.name == "provider" else None,
        ),
    )


def configuration(setting: Settings) -> str:
    """The same as the TOML text of a configuration file, for `avrop serve`."""
    serve = setting.serve
    assert serve is not None  # noqa: S101  the cast always serves
    head = {
        "name": setting.name, "organisation": setting.organisation, "home": str(setting.home),
        "keys_home": str(setting.keys_home), "embedded_home": str(setting.embedded_home),
    }  # fmt: skip
    lines = [f"{key} = {json.dumps(value)}" for key, value in head.items()]
    lines += [
        "", "[serve]", f"faces = {json.dumps(serve.faces)}", f"host = {json.dumps(serve.host)}", f"port = {serve.port}",
        f"public_url = {json.dumps(serve.public_url)}", f"allowed_hosts = {json.dumps(serve.allowed_hosts)}",
    ]  # fmt: skip
    if serve.publisher:
        lines += [f"publisher = {json.dumps(str(serve.publisher))}"]
    if serve.datasource_id:
        lines += [f"datasource_id = {json.dumps(serve.datasource_id)}"]
    for issuer in serve.issuers:
        lines += [
            "",
            "[[serve.issuers]]",
            f"issuer = {json.dumps(issuer.issuer)}",
            f"admits = {json.dumps(issuer.admits)}",
        ]
        lines += [f"keys_url = {json.dumps(issuer.keys_url)}", f"audiences = {json.dumps(issuer.audiences)}"]
    for peer in serve.peers:
        lines += ["", "[[serve.peers]]", f"organisation = {json.dumps(peer.organisation)}"]
        lines += [f"url = {json.dumps(peer.url)}"]
    return "\n".join(lines) + "\n"


def acting_person(parties: Mapping[str, Any], name: str) -> str | None:
    """Who acts at an installation where nobody else is named: an operator at the provider, the custodian at the
    receiver, the decider at a witness; None where there are no people."""
    code = name.removeprefix("witness_")
    party = parties.get(name) or next(one for one in parties["controllers"] if one["code"] == code)
    return next((who for role in _ACTING for who, roles in party["people"].items() if role in roles), None)


def environment(config: Path, *, clock: Path, person: str | None) -> str:
    """The text of a file to source: which installation, at which time of the story, and who acts.

    The clock is the story's, which ended on a day of its own: the log takes no entry that is earlier than its last.
    """
    values = {"AVROP_CONFIG": str(config), "AVROP_DEMO": "1", "AVROP_CLOCK_FILE": str(clock)}
    values |= {"AVROP_AS": person} if person else {}
    return "".join(f"export {name}={shlex.quote(value)}\n" for name, value in values.items())


def _ports(file: Path, names: tuple[str, ...]) -> dict[str, int]:
    """A free port for each name, chosen once."""
    if file.exists():
        return dict(json.loads(file.read_text()))
    held = [socket.socket() for _ in names]
    try:
        for each in held:
            each.bind(("127.0.0.1", 0))
        ports = {name: int(each.getsockname()[1]) for name, each in zip(names, held, strict=True)}
    finally:
        for each in held:
            each.close()
    write_file(file, json.dumps(ports).encode())
    return ports
