"""Steps 1 and 2: tables of nobody, the parties' agreement, the described variables, the snapshot."""

from collections import Counter
from datetime import date
from typing import cast

from avrop.actions import account, describe, permissions, publish, sealingkeys
from avrop.actions import facts as f
from avrop.actions.forms import Until
from avrop.actors import Actor, Role
from avrop.canonical import read
from avrop.demo.announcing import announce
from avrop.demo.scene import CLIENT, Scene
from avrop.demo.teller import Teller
from avrop.disclosure.snapshots import LoadReport
from avrop.signed import Signed
from avrop.store import db
from avrop.system import System

AUTHORITY = (date(2026, 1, 1), date(2028, 1, 1))
MEASURING_UNTIL = date(2027, 12, 31)
SEED = 20261102


def simulate(scene: Scene, teller: Teller, *, profile: str, workers: int = 1) -> None:
    """Step 1: write source tables of nobody."""
    folder = scene.home / "sources"
    if not folder.exists():
        teller.say(f"The profile {profile} is simulated; small takes one to two minutes, national three to six.")
        scene.pack.simulate(folder, profile, SEED, workers)
    datasets = publish.files_in(folder)
    teller.say(f"Synthetic people in {len(datasets)} linked tables: {', '.join(datasets)}.")
    teller.say("Every identity number has 80 added to its month: it belongs to nobody.")


def agree(scene: Scene, teller: Teller) -> None:
    """The framework agreement, the adhesions, who may decide, and who may be measured: what all the rest rests on."""
    provider, receiver = scene.parties["provider"], scene.parties["receiver"]
    for system in scene.systems.values():
        for party in (provider, receiver, *scene.controllers):
            for person, roles in party["people"].items():
                account.enrol(
                    system, person=person, organisation=party["code"], roles=tuple(Role(role) for role in roles)
                )
    operator = scene.person("provider", Role.OPERATOR)
    provider_key = scene.provider.keys.make_signing("provider")
    account.sign_agreement(
        scene.provider,
        operator,
        parties={
            "provider": (provider["code"], provider["name"], provider_key),
            "receiver": (receiver["code"], receiver["name"], scene.receiver.keys.make_signing("receiver")),
        },
        policy=scene.policy,
        rule=scene.rule,
        general_purpose=scene.parties["general_purpose"],
        name=scene.parties["agreement"],
    )
    for name, system in scene.systems.items():
        if name == "receiver" or name.startswith("witness_"):  # the key was given to them by another way
            account.import_agreement(system, _agreement(scene, system), provider_key=provider_key)
    permissions.add_consumer(scene.provider, operator, subject=CLIENT, organisation=receiver["code"])
    sealing = sealingkeys.make(scene.receiver)
    teller.fact(
        "sealing key",
        sealing.key_id,
        "The receiver publishes its sealing key {}: what is sealed for it opens there alone.",
    )
    for party in scene.controllers:
        _adhere(scene, operator, party["code"], party["name"], party["competent_body"])
    with db.transaction(scene.provider.database) as connection:
        standing = f.account(connection)
    measured = sum(x.may_measure(scene.clock().date()) for x in standing.controllers.values())
    teller.fact("controllers", len(standing.controllers), "{} controllers have adhered, each with its own key;")
    teller.fact("measurable", measured, "{} of them have instructed the provider to measure exposure.")


def _agreement(scene: Scene, system: System) -> Signed:
    """The agreement as the provider hands it out over HTTP."""
    url = f"{scene.parts['provider'].url}api/v1/account/agreement"
    answer = system.outbound.request("GET", url, limit_bytes=100_000, timeout_seconds=30)
    return cast("Signed", read(Signed, answer.body, what="The agreement"))


def _adhere(scene: Scene, operator: Actor, code: str, name: str, body: str) -> None:
    public = scene.keys_of(code).make_signing(f"controller-{code}")
    account.adhere(scene.provider, operator, controller=code, name=name, public_key=public, competent_body=body)
    with db.transaction(scene.provider.database) as connection:
        adhesion = f.account(connection).controllers[code]
    decider = scene.person(code, Role.DECIDER)
    start, end = AUTHORITY
    if not adhesion.delegations:
        account.delegate(scene.provider, operator, controller=code, person=decider.person, start=start, end=end)
    if code != scene.parties["story"]["not_measured"] and adhesion.measuring_to is None:
        provider = scene.as_controller(code, scene.parts["provider"])
        provider.ask(decider, "POST", "api/v1/measuring", Until(until=MEASURING_UNTIL))


def describe_and_load(scene: Scene, teller: Teller) -> None:
    """Step 2: describe, check, freeze; then load the tables against the description, and the two lists."""
    operator = scene.person("provider", Role.OPERATOR)
    catalogue, findings = describe.describe(scene.pack.catalogue)
    counted = Counter(finding.severity for finding in findings)
    sealed = publish.publish_catalogue(scene.provider, operator, catalogue).digest
    teller.say(
        f"Checked: {counted['stop']} stops, {counted['question']} questions, {counted['note']} notes, "
        "each with what to do about it."
    )
    teller.fact("variables", len(catalogue.variables), "{} variables described;")
    ladders = sum(len(variable.levels) > 1 for variable in catalogue.variables)
    teller.say(f"{len(catalogue.code_lists)} dated code lists; {ladders} variables have a ladder of coarser levels.")
    teller.fact("catalogue", sealed, f"Frozen as {catalogue.name} {catalogue.version}: " + "{}")
    announce(scene, teller)
    with db.transaction(scene.provider.database) as connection:
        standing = f.account(connection)
    if standing.snapshot is None:
        sources = publish.files_in(scene.home / "sources")
        with teller.progress("load", total=sum(map(len, sources.values())), point="load.file-written"):
            snapshot, report = publish.load_snapshot(scene.provider, operator, sources, name="first")
        _tell_load(teller, report)
    else:
        snapshot = standing.snapshot
    teller.fact("snapshot", snapshot, "Loaded as snapshot {}")
    refresh_lists(scene, operator, known=frozenset(standing.lists))


def refresh_lists(scene: Scene, operator: Actor, *, known: frozenset[str] = frozenset()) -> None:
    """Load the lists of people to leave out, as of now; but those that are `known` to be loaded already."""
    for name in sorted(set(_lists(scene)) - known):
        publish.load_list(
            scene.provider, operator, name, scene.home / "sources" / "lists" / f"{name}.csv", as_of=scene.clock()
        )


def _lists(scene: Scene) -> list[str]:
    return sorted(path.stem for path in (scene.home / "sources" / "lists").glob("*.csv"))


def _tell_load(teller: Teller, report: LoadReport) -> None:
    rows = [
        (d.dataset, d.rows, d.people, len(d.sources), f"{d.first} to {d.last}" if d.first else "-")
        for d in report.datasets
    ]
    teller.table("Load report", ("table", "rows", "people", "files", "period"), rows)
    for dataset in report.datasets:
        teller.facts[f"rows of {dataset.dataset}"] = dataset.rows
