"""`avrop keys`: make, show, publish, replace, retire, end and renew keys; record and read those of others."""

import secrets
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from avrop.actions import keys, keyview, peerkeys, publishedkeys, sealingkeys
from avrop.actions.account import actor
from avrop.actors import Actor
from avrop.canonical import canonical, read
from avrop.cli.context import Json, installation, read_text, say, show
from avrop.governance.keys import Handover, Vouching, controller
from avrop.store.files import write_file
from avrop.store.keys import KeyStore
from avrop.store.sealingstore import SealingKey
from avrop.system import System

app = typer.Typer(help="Keys: signing and sealing keys, published and replaced with an overlap.", no_args_is_help=True)
make_app = typer.Typer(help="Make a first key.", no_args_is_help=True)
rotate_app = typer.Typer(help="Replace a key of this installation.", no_args_is_help=True)
app.add_typer(make_app, name="make")
app.add_typer(rotate_app, name="rotate")

Who = Annotated[str | None, typer.Option("--as", help="Your account name, at the provider.", envvar="AVROP_AS")]
Out = Annotated[Path, typer.Option("--out", help="Where to write it.")]
Days = Annotated[int, typer.Option(min=0, max=92, help="For so many days the old one still holds.")]
Folder = Annotated[Path, typer.Option("--keys", help="The controller's own key folder.")]
Name = Annotated[str, typer.Option("--key", help="The key's name in that folder.")]
File = Annotated[Path, typer.Argument(help="A replacement or a renewal, as JSON.")]
KeyId = Annotated[str, typer.Argument(help="The key id, as `avrop keys show` gives it.")]
Holder = Annotated[str, typer.Argument(help="provider, receiver, log, or controller/CODE.")]


@app.command("show", epilog="Example: avrop keys show --json")
def show_keys(as_json: Json = False) -> None:
    """Every key that this installation knows of, and how it stands."""
    with installation() as system:
        found = keyview.show(system)
    rows = [(key.holder, key.use, key.key_id, key.stands) for key in found]
    show(rows, ("holder", "use", "key", "stands"), as_json=as_json)


@make_app.command("signing", epilog="Example: avrop keys make signing provider")
def make_signing(
    name: Annotated[str, typer.Argument(help="provider, receiver or log.")], as_json: Json = False
) -> None:
    """Make this installation's first signing key, and print its public half. Again makes nothing."""
    with installation() as system:
        say({"public key": system.keys.make_signing(name)}, as_json=as_json)


@make_app.command("sealing", epilog="Example: avrop keys make sealing")
def make_sealing(as_json: Json = False) -> None:
    """Make this installation's first sealing key, and publish it. Again makes nothing."""
    with installation() as system:
        _say_sealing(sealingkeys.make(system), as_json=as_json)


@rotate_app.command("signing", epilog="Example: avrop keys rotate signing --days 30")
def rotate_signing(
    holder: Annotated[str | None, typer.Argument(help="`log` for the key of checkpoints.")] = None,
    days: Days = keys.OVERLAP_DAYS, who: Who = None, as_json: Json = False,
) -> None:  # fmt: skip
    """Replace the signing key: the old one hands over, the log records it, and the new one is published."""
    with installation() as system:
        public = keys.rotate_signing(system, _actor(system, who), holder=holder, days=days)
    say({"public key": public}, as_json=as_json)


@rotate_app.command("sealing", epilog="Example: avrop keys rotate sealing --days 30")
def rotate_sealing(days: Days = keys.OVERLAP_DAYS, as_json: Json = False) -> None:
    """Make a new sealing key and publish it; the old one opens what was sealed for it for so many days."""
    with installation() as system:
        _say_sealing(sealingkeys.rotate(system, days=days), as_json=as_json)


@rotate_app.command("master", epilog="Example: avrop keys rotate master")
def rotate_master() -> None:
    """Encrypt every key of the key store anew, under a new master key."""
    with installation() as system:
        system.keys.rotate_master()
    typer.echo("encrypted anew")


@app.command(epilog="Example: avrop keys retire 0123456789abcdef --days 14")
def retire(key: KeyId, days: Days = keys.OVERLAP_DAYS, as_json: Json = False) -> None:
    """Let nothing more be sealed for a sealing key; it opens what comes for so many days, and is then destroyed."""
    with installation() as system:
        _say_sealing(sealingkeys.retire(system, key, days=days), as_json=as_json)


@app.command(epilog="Example: avrop keys lose 0123456789abcdef")
def lose(key: KeyId, as_json: Json = False) -> None:
    """Give a sealing key up at once: it is lost, damaged or stolen. Then ask the provider to seal anew."""
    with installation() as system:
        _say_sealing(sealingkeys.lose(system, key), as_json=as_json)


@app.command(epilog="Example: avrop keys publish --json")
def publish(as_json: Json = False) -> None:
    """Publish the keys at /.well-known/avrop-keys.json, if anything of them changed."""
    with installation() as system:
        signed = publishedkeys.publish(system)
    nothing = "nothing: this organisation is no party of a framework agreement here"
    say({"published": nothing if signed is None else f"signed by key {signed.key}"}, as_json=as_json)


@app.command(epilog="Example: avrop keys fetch receiver")
def fetch(organisation: Annotated[str, typer.Argument(help="A peer of the settings.")], as_json: Json = False) -> None:
    """Read what a peer publishes of its keys, and record its replacements."""
    with installation() as system:
        said = peerkeys.refresh(system, organisation)
    chosen = said.to_seal_for()
    say({"serial": said.serial, "seal for": chosen.key_id if chosen else "none"}, as_json=as_json)


@app.command(epilog="Example: avrop keys replace 03 --keys ./keys-03 --key c-03 --out replacement.json")
def replace(
    code: Annotated[str, typer.Argument(help="The controller's code.")], keys_folder: Folder, key: Name, out: Out,
    days: Days = keys.OVERLAP_DAYS,
) -> None:  # fmt: skip
    """At a controller: make the next key, and the replacement that both keys sign, for the provider to record."""
    store = KeyStore(keys_folder, secrets.token_bytes)
    old = store.public(key)
    made = keys.hand_over(store, key, controller(code), old=old, now=datetime.now(UTC), days=days)
    write_file(out, canonical(made))
    say({"public key": store.next_signing(key), "written": out}, as_json=False)


@app.command(epilog="Example: avrop keys promote --keys ./keys-03 --key c-03")
def promote(keys_folder: Folder, key: Name) -> None:
    """At a controller, once the provider has recorded it: let the next key take the old one's place."""
    store = KeyStore(keys_folder, secrets.token_bytes)
    store.promote_signing(key, store.next_signing(key))
    say({"public key": store.public(key)}, as_json=False)


@app.command(epilog="Example: avrop keys record replacement.json")
def record(file: File, who: Who = None) -> None:
    """Record another's replacement or renewal; its signatures say that it is so."""
    document = _document(file)
    with installation() as system:
        entries = keys.record(system, _actor(system, who), document)
        keys.settle(system)
        publishedkeys.publish(system)
    typer.echo("recorded" if entries else "known already")


@app.command(epilog="Example: avrop keys end controller/03 --why stolen")
def end(holder: Holder, why: Annotated[str, typer.Option(help="lost or stolen")], who: Who = None) -> None:
    """Let a signing key end at once: from now on nothing that it signed is accepted, whatever day it names."""
    with installation() as system:
        entries = keys.end(system, _actor(system, who), holder=holder, why=why)
    typer.echo("ended" if entries else "ended already")


@app.command(
    epilog="Example: avrop keys renew controller/03 --decided-by 'Council, case 7' --keys ./k --key c --out r.json"
)
def renew(
    holder: Holder,
    decided_by: Annotated[str, typer.Option(help="The competent body, and where its decision can be read.")],
    out: Out,
    ended: Annotated[str | None, typer.Option(help="The public key that ended; needed with --keys.")] = None,
    keys_folder: Annotated[Path | None, typer.Option("--keys", help="A controller's own key folder.")] = None,
    key: Annotated[str, typer.Option("--key", help="The key's name in that folder.")] = "",
) -> None:
    """Make a new key in place of one that ended, for the parties of the agreement to vouch for."""
    if keys_folder is not None:
        made = keys.draft_renewal(
            KeyStore(keys_folder, secrets.token_bytes), key, holder, ended=ended or "", decided_by=decided_by,
            now=datetime.now(UTC),
        )  # fmt: skip
    else:
        with installation() as system:
            made = keys.draft_own_renewal(system, holder, decided_by=decided_by)
    write_file(out, canonical(made))
    say({"written": out}, as_json=False)


@app.command(epilog="Example: avrop keys vouch renewal.json --out renewal.json")
def vouch(file: File, out: Out) -> None:
    """Vouch with this installation's key for another's new key. Ask the holder by another way before you do."""
    document: Vouching = read(Vouching, read_text(file), what=file.name)
    with installation() as system:
        write_file(out, canonical(keys.vouch(system, document)))
    say({"written": out}, as_json=False)


def _actor(system: System, who: str | None) -> Actor | None:
    return actor(system, who) if who else None


def _document(file: Path) -> Handover | Vouching:
    text = read_text(file)
    form: Any = Handover if '"by_old"' in text else Vouching
    found: Handover | Vouching = read(form, text, what=file.name)
    return found


def _say_sealing(key: SealingKey, *, as_json: bool) -> None:
    retired = {} if key.opens_until is None else {"opens until": str(key.opens_until)}
    say({"key": key.key_id, "public key": key.public_key, **retired}, as_json=as_json)
