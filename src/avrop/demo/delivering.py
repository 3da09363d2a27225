"""Steps 6, 7 and 8: confirm, countersign, build, hand over, receipt; then a controller revokes."""

import shutil
from pathlib import Path
from typing import cast

from avrop.actions import disclose, push, receive
from avrop.actions import facts as f
from avrop.actions.forms import Confirmation
from avrop.actors import Role
from avrop.canonical import Digest, canonical, read
from avrop.demo.asking import reference
from avrop.demo.desk import desk
from avrop.demo.opening import refresh_lists
from avrop.demo.scene import CLIENT, Scene
from avrop.demo.teller import Teller
from avrop.disclosure.manifest import Manifest
from avrop.errors import Refusal
from avrop.governance.calloff import CallOffStatus
from avrop.governance.controllercase import APPROVING
from avrop.governance.delivery import DeliveryState, DeliveryStatus
from avrop.signed import Signed
from avrop.store import db, documents
from avrop.store.files import write_file


def disclose_first(scene: Scene, teller: Teller) -> None:
    """Step 6: confirm, countersign, build the first generation."""
    ref, operator = reference(scene), scene.person("provider", Role.OPERATOR)
    if _status(scene, ref) is CallOffStatus.OUTCOME_READY:
        leader = scene.person("receiver", Role.LEADER)
        form = Confirmation(statement=scene.parties["story"]["statement"])
        scene.as_receiver().ask(leader, "POST", f"api/v1/call-offs/{ref}/confirmation", form)
    teller.say("The receiver's leader confirms the subset, harmonised to the coarsest decided level.")
    if _status(scene, ref) is CallOffStatus.GRANTED:
        disclose.countersign(scene.provider, scene.person("provider", Role.OPERATOR, nth=1), ref)
    teller.say("A second operator countersigns.")
    _build(scene, teller, ref, 1)
    _tell_manifest(scene, teller, f"{ref}/delivery/1")
    teller.say(f"Prepared by {operator.person}; every slice ran exactly as its controller decided.")


def receive_first(scene: Scene, teller: Teller) -> None:
    """Step 7: seal it for the receiver and push it; the receiver's inbox verifies and signs a receipt."""
    case = f"{reference(scene)}/delivery/1"
    _hand_over(scene, case)
    delivery = _delivery(scene, case)
    sent = next(x for x in push.pushes(scene.provider) if x.delivery == case)
    teller.fact("package", sent.package, "Sealed for the receiver's key alone, and pushed to its inbox as package {}.")
    teller.fact("receipt", str(delivery.receipt), "Verified file by file, and receipted: {}")
    teller.fact("packages", len(receive.packages(scene.receiver)), "{} package stands in the receiver's own database.")


def pull(scene: Scene, teller: Teller) -> None:
    """The receiver's own program reads one variable of the same generation, by a token of the issuer."""
    variable = scene.parties["story"]["pulls"]
    if not _delivery(scene, f"{reference(scene)}/delivery/1").open:
        return  # the story was taken up after the revocation
    status, rows = _pulled(scene, variable)
    teller.fact(
        "pulled", rows, f"The same generation, pulled as CSV: {variable} in {{}} rows, each under its pseudonym."
    )
    if status != 200:
        raise Refusal("story.not_pulled", f"The datasource answered {status}.", hint="See the provider's log.")


def _pulled(scene: Scene, variable: str) -> tuple[int, int]:
    """The status, and how many rows there were under the heading."""
    headers = {"Authorization": f"Bearer {scene.issuer.token(CLIENT)}"}
    answer = scene.receiver.outbound.request(
        "GET", f"{scene.parts['provider'].url}api/variables/{variable}", headers=headers, limit_bytes=1 << 28,
        timeout_seconds=60,
    )  # fmt: skip
    return answer.status, max(0, answer.body.count(b"\n") - 1) if answer.status == 200 else 0


def revoke(scene: Scene, teller: Teller) -> None:
    """Step 8: one controller revokes with recall; the generation closes; the next one lacks its rows; deletion."""
    ref, story = reference(scene), scene.parties["story"]["revokes"]
    code, first, second = story["controller"], f"{ref}/delivery/1", f"{ref}/delivery/2"
    decider = scene.person(code, Role.DECIDER)
    if _case_is_granted(scene, ref, code):
        desk(scene, code).take_back(decider, ref, reason=story["reason"], recall=True)
    teller.fact("revoked", code, "Controller {} revoked, signed with its own key.")
    try:
        disclose.served(scene.provider, first)
        raise Refusal("story.still_served", "The generation is still served after a revocation.", case=first)
    except Refusal as no:
        if no.code != "delivery.closed":
            raise
    teller.say("The generation is closed from that moment: today's grant is computed at every use.")
    if _delivery(scene, second).status is DeliveryStatus.NONE:
        answered, _ = _pulled(scene, scene.parties["story"]["pulls"])
        teller.fact("pull after revocation", answered, "A pull that begins now is answered with {}, and finds nothing.")
    scene.work()
    for name, status, due in receive.duties(scene.provider, ref):
        teller.say(f"What left earlier is listed: {name} is '{status}', to be deleted by {due}.")
    _delete(scene, first)
    teller.fact("deleted", str(_delivery(scene, first).status), "The receiver deleted it and confirmed: {}.")
    _build(scene, teller, ref, 2)
    _tell_manifest(scene, teller, second)
    teller.say("This one is handed over as a folder, and receipted by a file, as where no network may be used.")
    _hand_over(scene, second, as_folder=True)
    teller.fact("second receipt", str(_delivery(scene, second).receipt), "Receipted: {}")


def _build(scene: Scene, teller: Teller, ref: str, number: int) -> None:
    with db.transaction(scene.provider.database) as connection:
        known, today = f.deliveries(connection, ref), f.grant(connection, scene.provider, ref)
    if len(known) < number:
        refresh_lists(scene, scene.person("provider", Role.OPERATOR))
        disclose.plan_delivery(scene.provider, scene.person("provider", Role.OPERATOR), ref)
    total = len(today.slices) if today else 0
    with teller.progress("extracts", total=total, point="extract.recorded"):
        scene.work()


def _hand_over(scene: Scene, case: str, *, as_folder: bool = False) -> None:
    """As a sealed package over the wire, whose receipt comes back the same way; or as files, both ways."""
    if _delivery(scene, case).status not in (DeliveryStatus.MANIFESTED, DeliveryStatus.SENT):
        return
    operator, custodian = scene.person("provider", Role.OPERATOR), scene.person("receiver", Role.CUSTODIAN)
    if not as_folder:
        push.push(scene.provider, operator, case)
        scene.work()
        return
    folder = disclose.send(scene.provider, operator, case, scene.exchange)
    receipt = receive.take_in(scene.receiver, custodian, folder)
    answer = scene.exchange / f"receipt-{case.replace('/', '-')}.json"
    write_file(answer, canonical(receipt))
    receive.accept_receipt(scene.provider, custodian, _read(answer))


def _delete(scene: Scene, case: str) -> None:
    if _delivery(scene, case).status is DeliveryStatus.DELETED:
        return
    custodian = scene.person("receiver", Role.CUSTODIAN)
    confirmation = receive.delete(
        scene.receiver, custodian, case, trigger="revocation with recall", kept="nothing: no table was published yet"
    )
    on_the_way = scene.exchange / case.replace("/", "-")
    shutil.rmtree(on_the_way, ignore_errors=True)  # that copy is the receiver's to delete, too
    answer = scene.exchange / f"deletion-{case.replace('/', '-')}.json"
    write_file(answer, canonical(confirmation))
    receive.confirm_deletion(scene.provider, custodian, _read(answer))


def _tell_manifest(scene: Scene, teller: Teller, case: str) -> None:
    delivery = _delivery(scene, case)
    number = delivery.generation
    with db.transaction(scene.provider.database) as connection:
        body = documents.get(connection, cast("Digest", delivery.manifest))
        catalogue_version = f.version(connection, _manifest(body).version)
    manifest = _manifest(body)
    shown = [(file.name, file.rows, file.size, file.digest[:23] + "…") for file in manifest.files]
    teller.table(f"Generation {number}", ("file", "rows", "bytes", "digest"), shown)
    for file in manifest.files:
        levels = ", ".join(f"{c.name} ({c.level})" for c in file.columns)
        teller.say(f"{file.table}: {levels}")
        teller.facts[f"rows of {file.table} in generation {number}"] = file.rows
    teller.fact(f"slices of generation {number}", len(manifest.slices), "{} slices are in it,")
    teller.fact(f"manifest {number}", str(delivery.manifest), "and its signed manifest is {}")
    teller.say(f"It is kept at the receiver until {catalogue_version.retention.until} at the latest.")


def _manifest(body: bytes) -> Manifest:
    signed = cast("Signed", read(Signed, body, what="The signed manifest"))
    return cast("Manifest", read(Manifest, signed.body, what="The manifest"))


def _read(path: Path) -> Signed:
    return cast("Signed", read(Signed, path.read_bytes(), what=path.name))


def _status(scene: Scene, ref: str) -> CallOffStatus:
    with db.transaction(scene.provider.database) as connection:
        return f.call_off(connection, ref).status


def _delivery(scene: Scene, case: str) -> DeliveryState:
    with db.transaction(scene.provider.database) as connection:
        return cast("DeliveryState", f.state(connection, case))


def _case_is_granted(scene: Scene, ref: str, code: str) -> bool:
    with db.transaction(scene.provider.database) as connection:
        return f.controller_cases(connection, ref, (code,))[code].status in APPROVING
