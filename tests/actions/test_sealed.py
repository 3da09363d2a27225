"""What was decided is what runs; and the summaries are what the log says."""

import os
from pathlib import Path

import psycopg
import pytest

from avrop.actions import account, disclose, receive, runs
from avrop.actions import facts as f
from avrop.actions.case import handle
from avrop.actions.tasks import TASKS
from avrop.actors import CLOCK, Role
from avrop.demo import deciding
from avrop.demo.asking import reference
from avrop.demo.opening import refresh_lists
from avrop.demo.scene import Scene
from avrop.errors import AvropError
from avrop.governance import commands as c
from avrop.governance.delivery import DeliveryState
from avrop.store import cases, db, rows, tables
from avrop.worker import run_until_idle
from tests.scenes import plan, quiet


@pytest.fixture(scope="module")
def granted(scene: Scene) -> Scene:
    """All have decided, the leader confirmed, a second operator countersigned; the first generation is planned."""
    deciding.decide_all(scene, quiet())
    plan(scene, quiet())
    return scene


def _administrator(scene: Scene) -> psycopg.Connection:
    """The database's owner, beside the application: it can switch the triggers off."""
    return psycopg.connect(scene.provider.url.replace("+psycopg", ""), autocommit=True)


def test_a_plan_that_was_changed_in_the_database_does_not_run(granted: Scene) -> None:
    """Invariant 5: a wider period in the stored plan of one controller, and nothing is built of anyone."""
    ref = reference(granted)
    case = f"{ref}/delivery/1"
    sealed = disclose.grant(granted.provider, ref).slices[0].slice_plan
    with _administrator(granted) as connection:
        connection.execute("ALTER TABLE documents DISABLE TRIGGER USER")
        (body,) = connection.execute("SELECT body FROM documents WHERE digest = %s", (sealed,)).fetchone()
        changed = bytes(body).replace(b"2024-08-01", b"2014-08-01")
        assert changed != bytes(body)
        connection.execute("UPDATE documents SET body = %s WHERE digest = %s", (changed, sealed))
    with pytest.raises(AvropError) as no:
        run_until_idle(granted.provider, TASKS)
    assert no.value.code == "document.changed"
    with db.transaction(granted.provider.database) as connection:
        state = f.state(connection, case)
        assert isinstance(state, DeliveryState) and state.manifest is None
        assert rows.every(connection, tables.extracts) == ()
    with _administrator(granted) as connection:
        connection.execute("UPDATE documents SET body = %s WHERE digest = %s", (bytes(body), sealed))
        connection.execute("ALTER TABLE documents ENABLE TRIGGER USER")
    run_until_idle(granted.provider, TASKS)
    with db.transaction(granted.provider.database) as connection:
        assert f.state(connection, case).manifest is not None


def test_a_missing_key_stops_the_build_and_nothing_is_lost(granted: Scene) -> None:
    """The build of the next generation, without the scope's key and then with it."""
    ref, operator = reference(granted), granted.person("provider", Role.OPERATOR)
    run_until_idle(granted.provider, TASKS)
    with db.transaction(granted.provider.database) as connection:
        first = f.state(connection, f"{ref}/delivery/1").manifest
    handle(granted.provider, CLOCK, f"{ref}/delivery/1", c.CloseGeneration(reason="for the next one"))
    refresh_lists(granted, operator)
    key = granted.provider.settings.keys_home / f"{ref}.scope"
    whole = key.read_bytes()
    key.unlink()
    case = disclose.plan_delivery(granted.provider, operator, ref)
    with pytest.raises(AvropError) as no:
        run_until_idle(granted.provider, TASKS)
    assert no.value.code == "keys.missing"
    key.write_bytes(whole)
    run_until_idle(granted.provider, TASKS)
    with db.transaction(granted.provider.database) as connection:
        assert f.state(connection, case).manifest not in (None, first)


def test_an_extract_that_was_changed_on_disk_is_not_merged(granted: Scene) -> None:
    """The next generation would be merged from extracts that stand already: from these, or nothing is built."""
    run_until_idle(granted.provider, TASKS)
    ref, operator, zone = reference(granted), granted.person("provider", Role.OPERATOR), granted.provider.zone
    with db.transaction(granted.provider.database) as connection:
        standing = next(name for name, x in f.deliveries(connection, ref).items() if x.open)
        built = [zone.path(row.folder) for row in rows.every(connection, tables.extracts)]
    handle(granted.provider, CLOCK, standing, c.CloseGeneration(reason="for the next one"))
    case = disclose.plan_delivery(granted.provider, operator, ref)
    kept = {path: path.read_bytes() for folder in built for path in folder.rglob("*.parquet")}
    for change in (lambda path: path.write_bytes(kept[path] + b"x"), lambda path: path.unlink()):
        for path in kept:
            change(path)
        with pytest.raises(AvropError) as no:
            run_until_idle(granted.provider, TASKS)
        assert no.value.code == "extract.changed"
        for path, whole in kept.items():
            path.write_bytes(whole)
    run_until_idle(granted.provider, TASKS)
    with db.transaction(granted.provider.database) as connection:
        assert f.state(connection, case).manifest is not None


def test_a_generation_with_one_byte_changed_is_not_taken_in(granted: Scene, tmp_path: Path) -> None:
    """Every file of it, and the manifest: nothing is kept, and the untouched one is taken in afterwards."""
    run_until_idle(granted.provider, TASKS)
    ref, custodian = reference(granted), granted.person("receiver", Role.CUSTODIAN)
    with db.transaction(granted.provider.database) as connection:
        case = next(name for name, x in f.deliveries(connection, ref).items() if x.open)
    folder = disclose.send(granted.provider, granted.person("provider", Role.OPERATOR), case, tmp_path)
    for path in sorted(folder.iterdir()):
        whole = path.read_bytes()
        middle = len(whole) // 2
        path.write_bytes(whole[:middle] + bytes([whole[middle] ^ 1]) + whole[middle + 1 :])
        with pytest.raises(AvropError) as no:
            receive.take_in(granted.receiver, custodian, folder)
        expected = {"package.signature", "document.unreadable"} if path.suffix == ".json" else {"package.changed"}
        assert no.value.code in expected
        assert receive.packages(granted.receiver) == ()
        assert list((granted.receiver.zone.root / "packages").iterdir()) == []
        path.write_bytes(whole)
    receipt = receive.take_in(granted.receiver, custodian, folder)
    assert receive.take_in(granted.receiver, custodian, folder) == receipt
    assert len(receive.accept_receipt(granted.provider, custodian, receipt)) == 1
    assert receive.accept_receipt(granted.provider, custodian, receipt) == ()
    forged = granted.keys_of("03").sign("controller-03", "receipt", {"manifest": "x"})
    with pytest.raises(AvropError):
        receive.accept_receipt(granted.provider, custodian, forged)


def test_an_extract_or_a_list_that_was_changed_on_disk_is_found(granted: Scene) -> None:
    run_until_idle(granted.provider, TASKS)
    with db.transaction(granted.provider.database) as connection:
        newest = granted.provider.zone.path(rows.freshest_list(connection, "protected", not_after=granted.clock()).file)
    whole = newest.read_bytes()
    newest.write_bytes(whole[:-1] + bytes([whole[-1] ^ 1]))
    try:
        with pytest.raises(AvropError) as no, db.transaction(granted.provider.database) as connection:
            runs.list_files(connection, granted.provider)
        assert no.value.code == "lists.changed"
    finally:
        newest.write_bytes(whole)


def test_rebuilding_gives_the_summaries_that_stand(granted: Scene) -> None:
    """Invariant 9: the stored summary is the replay of the events."""

    def stored() -> list[tuple]:
        with db.transaction(granted.provider.database) as connection:
            return [(x.case_id, x.kind, x.state, dict(x.summary), x.sequence) for x in cases.all_of(connection)]

    before = stored()
    assert account.rebuild(granted.provider) == len(before)
    assert stored() == before
    with _administrator(granted) as connection:
        connection.execute("UPDATE cases SET state = 'approved' WHERE kind = 'controller case'")
    assert stored() != before
    account.rebuild(granted.provider)
    assert stored() == before


def test_a_snapshot_file_that_is_gone_is_named(granted: Scene) -> None:
    snapshot_folder: Path = next((granted.provider.zone.root / "snapshots").iterdir())
    path = sorted(snapshot_folder.rglob("*.parquet"))[0]
    away = path.rename(path.with_suffix(".away"))
    try:
        with pytest.raises(AvropError, match="is gone") as no, db.transaction(granted.provider.database) as connection:
            runs.snapshot_tables(connection, granted.provider, f.account(connection).snapshot)
        assert (no.value.code, no.value.where) == ("snapshot.missing", {"file": str(path)})
        assert "publish snapshot" in no.value.hint
    finally:
        away.rename(path)


def test_a_changed_snapshot_is_found(granted: Scene) -> None:
    snapshot_folder: Path = next((granted.provider.zone.root / "snapshots").iterdir())
    path = sorted(snapshot_folder.rglob("*.parquet"))[0]
    whole = path.read_bytes()
    os.truncate(path, len(whole) - 1)
    try:
        with pytest.raises(AvropError) as no, db.transaction(granted.provider.database) as connection:
            runs.snapshot_tables(connection, granted.provider, f.account(connection).snapshot)
        assert no.value.code == "snapshot.changed"
    finally:
        path.write_bytes(whole)
