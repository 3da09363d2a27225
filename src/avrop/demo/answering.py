"""Steps 9 and 10: timeline and register show all of it; a bundle is checked offline, and one changed byte is found."""

import json
import shutil
from pathlib import Path

from avrop.accounts.register import told
from avrop.actions import account
from avrop.actors import Role
from avrop.canonical import canonical
from avrop.demo.asking import reference
from avrop.demo.desk import desk
from avrop.demo.scene import Scene
from avrop.demo.teller import Teller
from avrop.store.files import write_file
from avrop.verifier.report import Report
from avrop.verifier.verify import verify


def hold_checkpoint(scene: Scene, teller: Teller) -> None:
    """A controller keeps a checkpoint of the log as it stands early in the story."""
    held = scene.home / "controllers" / "old-checkpoint.txt"
    if not held.exists():
        write_file(held, account.make_checkpoint(scene.provider).encode())
        write_file(scene.home / "controllers" / "public-keys.json", canonical(account.public_keys(scene.provider)))
    size = int(held.read_text().split("\n")[1])
    teller.fact("held checkpoint", size, "Each controller keeps a signed checkpoint of the log, now of {} entries.")


def show(scene: Scene, teller: Teller) -> None:
    """Step 9."""
    ref = reference(scene)
    lines = account.show_timeline(scene.provider, ref)
    main = [line for line in lines if line.case == ref or "/delivery/" in line.case or "Revoked" in line.what]
    teller.table(f"Timeline of {ref}", ("when", "case", "who", "what"), [(x.at, x.case, x.who, x.what) for x in main])
    teller.fact("timeline", len(lines), "{} entries in all, with the controllers' own cases.")
    for entry in account.show_register(scene.provider):
        teller.table("The public register", ("what", "it says"), told(entry))


def watch_alone(scene: Scene, teller: Teller) -> None:
    """Each controller with an installation of its own fetches the account, checks it there, and countersigns it."""
    sizes = {}
    for code in scene.parties["story"]["witnesses"]:
        size = desk(scene, code).watch(scene.person(code, Role.CASE_HANDLER))
        if size is not None:
            sizes[code] = size
    if sizes:
        sentence = "Controllers {} check the whole account in their own installations, and countersign its checkpoint."
        teller.fact("watched by", " and ".join(sizes), sentence)
        teller.fact("countersigned", min(sizes.values()), "{} entries stand under their signatures.")


def export_and_verify(scene: Scene, teller: Teller) -> None:
    """Step 10."""
    bundle, tampered = scene.home / "bundle", scene.home / "bundle-with-one-byte-changed"
    shutil.rmtree(bundle, ignore_errors=True)
    size = account.export_bundle(scene.provider, bundle)
    teller.fact("entries", size, "The whole account is exported: {} entries of the log and every document they name.")
    report = _verify(scene, "bundle")
    teller.table("avrop verify bundle", ("checked", "count"), [(what, count) for what, count in report.checks])
    teller.fact("faults", len(report.faults), "{} faults, with the old checkpoint and public keys only.")
    shutil.rmtree(tampered, ignore_errors=True)
    shutil.copytree(bundle, tampered)
    _change_one_byte(tampered / "entries.jsonl")
    found = _verify(scene, tampered.name)
    teller.say("Then one byte is changed in the copy. The first of what it says:")
    for fault in found.faults[:3]:
        teller.say(f"  {fault}")
    teller.facts["tampered found"] = int(not found.sound)


def _verify(scene: Scene, name: str) -> Report:
    held = scene.home / "controllers"
    return verify(scene.home / name, keys=held / "public-keys.json", checkpoint=held / "old-checkpoint.txt")


def _change_one_byte(path: Path) -> None:
    lines = path.read_bytes().split(b"\n")
    place = next(i for i, line in enumerate(lines) if line and "ControllerDecided" in json.loads(line)["payload"])
    lines[place] = lines[place].replace(b"approved", b"approveb", 1)
    path.write_bytes(b"\n".join(lines))
