"""Bad input gets one clear error that says what, where and what to do; and nothing is lost or half done."""

import shutil
from dataclasses import replace
from pathlib import Path

import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet as pq
import pytest

from avrop.actions import apply, assess, decide, describe, disclose, publish
from avrop.actions.case import handle
from avrop.actors import OrganisationId, Role
from avrop.canonical import digest
from avrop.catalogue.files import read_catalogue
from avrop.demo.asking import reference
from avrop.demo.deciding import VALID_TO
from avrop.demo.scene import Scene
from avrop.errors import AvropError, Conflict, Fault, Mistake, Refusal, Tampered
from avrop.governance import commands as c
from avrop.governance.slices import SliceTerms
from avrop.store import db, rows, tables
from avrop.store import events as event_store


@pytest.fixture(autouse=True)
def nothing_changes(scene: Scene):
    """Whatever is tried, the log and the loaded snapshots stay as they were."""

    def seen() -> tuple[int, int, list[str]]:
        with db.transaction(scene.provider.database) as connection:
            entries = len(event_store.all_entries(connection))
            loaded = len(rows.every(connection, tables.snapshots))
        return entries, loaded, sorted(p.name for p in (scene.provider.zone.root / "snapshots").iterdir())

    before = seen()
    yield
    assert seen() == before


def told(no: pytest.ExceptionInfo[AvropError], code: str, *parts: str) -> None:
    """The error has this code, names these things, and holds no identity."""
    assert no.value.code == code
    for part in parts:
        assert part in str(no.value)
    assert not any(word.isdigit() and len(word) == 11 for word in str(no.value).split())


# --- descriptions ---


def test_broken_yaml_names_file_line_and_column(scene: Scene) -> None:
    texts = {**scene.pack.catalogue, "datasets/RESULT.yaml": "name: RESULT\nlabel: [unclosed\n"}
    with pytest.raises(Mistake) as no:
        describe.describe(texts)
    told(no, "catalogue.yaml", "datasets/RESULT.yaml", "line", "column")


def test_the_same_key_twice_is_refused(scene: Scene) -> None:
    texts = {**scene.pack.catalogue, "catalogue.yaml": scene.pack.catalogue["catalogue.yaml"] + "\nname: again\n"}
    with pytest.raises(Mistake) as no:
        describe.describe(texts)
    told(no, "catalogue.yaml", "twice", "catalogue.yaml")


def test_an_unknown_unit_type_stops_a_version(scene: Scene) -> None:
    changed = scene.pack.catalogue["datasets/RESULT.yaml"].replace("unit_type: KURSFAG", "unit_type: NOWHERE")
    catalogue = read_catalogue({**scene.pack.catalogue, "datasets/RESULT.yaml": changed})
    with pytest.raises(Refusal) as no:
        publish.publish_catalogue(scene.provider, scene.person("provider", Role.OPERATOR), catalogue)
    told(no, "catalogue.stopped", "NOWHERE", "unit_types.yaml")


def test_an_unknown_field_is_named_by_its_path(scene: Scene) -> None:
    changed = scene.pack.catalogue["catalogue.yaml"] + "\ncolour: blue\n"
    with pytest.raises(Mistake) as no:
        describe.describe({**scene.pack.catalogue, "catalogue.yaml": changed})
    told(no, "document.unreadable", "colour")


# --- tables ---


def _sources(scene: Scene, folder: Path) -> dict[str, list[Path]]:
    shutil.copytree(scene.home / "sources", folder, dirs_exist_ok=True)
    found: dict[str, list[Path]] = {}
    for path in sorted(folder.iterdir()):
        if path.is_file():
            found.setdefault(path.name.split("-")[0], []).append(path)
    return found


def _load(scene: Scene, sources: dict[str, list[Path]]) -> None:
    publish.load_snapshot(scene.provider, scene.person("provider", Role.OPERATOR), sources, name="bad")


def _changed(path: Path, column: str, row: int, value: str | None) -> None:
    table = pq.read_table(path)
    place = table.column_names.index(column)
    values = table.column(column).to_pylist()
    values[row - 1] = value
    pq.write_table(table.set_column(place, column, pa.array(values, table.schema.field(column).type)), path)


def test_a_table_with_a_wrong_column_is_refused(scene: Scene, tmp_path: Path) -> None:
    sources = _sources(scene, tmp_path / "s")
    table = pq.read_table(sources["ENROLMENT"][0])
    names = ["LEVELS" if name == "LEVEL" else name for name in table.column_names]
    pq.write_table(table.rename_columns(names), sources["ENROLMENT"][0])
    with pytest.raises(Mistake) as no:
        _load(scene, sources)
    told(no, "load.refused", "load.columns", "ENROLMENT", "LEVEL")


def test_a_value_outside_its_code_list_names_the_row_and_not_the_value(scene: Scene, tmp_path: Path) -> None:
    sources = _sources(scene, tmp_path / "s")
    _changed(sources["ENROLMENT"][0], "PUPIL_STATUS", 7, "QQ")
    with pytest.raises(Mistake) as no:
        _load(scene, sources)
    told(no, "load.refused", "load.code", "PUPIL_STATUS", "row 7")
    assert "QQ" not in str(no.value)


def test_a_code_that_is_not_valid_on_the_rows_date_is_refused(scene: Scene, tmp_path: Path) -> None:
    """38 was a county until 2024; the rows are from the autumn of 2024 and later."""
    sources = _sources(scene, tmp_path / "s")
    _changed(sources["ENROLMENT"][0], "REPORTING_COUNTY", 3, "38")
    with pytest.raises(Mistake) as no:
        _load(scene, sources)
    told(no, "load.refused", "load.code", "REPORTING_COUNTY", "row 3")


def test_one_bad_row_in_100_000_is_found_and_named(scene: Scene, tmp_path: Path) -> None:
    sources = _sources(scene, tmp_path / "s")
    people = pyarrow.csv.read_csv(sources["PERSON"][0], convert_options=pyarrow.csv.ConvertOptions(
        column_types={"PERSON_ID": pa.string()})).column("PERSON_ID").to_pylist()  # fmt: skip
    row = pq.read_table(sources["ENROLMENT"][0]).slice(0, 1).to_pylist()[0]
    many = [
        {**row, "PERSON_ID": people[i % len(people)], "SCHOOL_NUMBER": f"{i // len(people):05d}", "ABSENCE_HOURS": 1}
        for i in range(100_000)
    ]
    many[77_122]["ABSENCE_HOURS"] = 5000
    schema = pq.read_schema(sources["ENROLMENT"][0])
    pq.write_table(pa.Table.from_pylist(many, schema=schema), sources["ENROLMENT"][0])
    with pytest.raises(Mistake) as no:
        _load(scene, {name: files for name, files in sources.items() if name != "RESULT"})
    told(no, "load.refused", "load.range", "ABSENCE_HOURS", "row 77123")


# --- call-offs ---


def test_a_call_off_in_broken_yaml_names_line_and_column(scene: Scene) -> None:
    with pytest.raises(Mistake) as no:
        apply.read_version(scene.provider, "reference: 2026-009\nnumber: [\n", file="mine.yaml")
    told(no, "call_off.yaml", "mine.yaml", "line")


def _next_version(scene: Scene, **changes):
    text = scene.pack.call_offs["narrowed.yaml"]
    made = apply.read_version(scene.provider, text, file="narrowed.yaml")
    return replace(made, reference="2026-077", number=1, **changes)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"variable": "SHOE_SIZE"}, "call_off.variable_unknown"),
        ({"variable": "GUEST", "level": "value"}, "call_off.variable_withdrawn"),
        ({"variable": "NUS_CODE", "level": "code"}, "call_off.variable_described_only"),
        (
            {"dataset": "CONTRACT", "variable": "NET_TRAINING_MONTHS", "level": "group"},
            "call_off.variable_described_only",
        ),
        ({"level": "century"}, "call_off.level_unknown"),
        ({"dataset": "NOWHERE"}, "call_off.variable_unknown"),
    ],
)
def test_an_unknown_or_withdrawn_variable_is_refused(scene: Scene, change: dict, code: str) -> None:
    good = _next_version(scene).variables
    school_year = next(v for v in good if v.variable == "SCHOOL_YEAR")
    version = _next_version(scene, variables=(*good, replace(school_year, **change)))
    with pytest.raises(Mistake) as no:
        apply.submit(scene.provider, scene.person("receiver", Role.APPLICANT), version)
    told(no, code, "2026-077")


def test_a_version_number_out_of_order_is_a_conflict(scene: Scene) -> None:
    with pytest.raises(Conflict) as no:
        made = replace(_next_version(scene), number=5)
        apply.submit(scene.provider, scene.person("receiver", Role.APPLICANT), made)
    told(no, "call_off.number", "2026-077")


# --- decisions ---


def _signed(scene: Scene, code: str, *, key: str | None = None, **changes):
    decider = scene.person(code, Role.DECIDER)
    made = decide.draft_decision(
        scene.provider, decider, reference(scene), outcome="approved", reasons="", valid_to=VALID_TO
    )
    owner = key or code
    return scene.keys_of(owner).sign(f"controller-{owner}", "decision", replace(made, **changes))


@pytest.mark.parametrize(
    ("side", "role"), [("11", Role.DECIDER), ("provider", Role.OPERATOR), ("03", Role.DPO), ("receiver", Role.LEADER)]
)
def test_a_decision_by_anyone_else_is_refused(scene: Scene, side: str, role: Role) -> None:
    actor = scene.person(side, role)
    with pytest.raises(Refusal) as no:
        handle(scene.provider, actor, f"{reference(scene)}/03", c.Decide(signed=_signed(scene, "03")))
    told(no, "rules.role" if side == "03" else "rules.organisation", f"{reference(scene)}/03")


def test_an_operator_who_says_it_is_the_controller_has_no_key(scene: Scene) -> None:
    impostor = replace(scene.person("03", Role.DECIDER), organisation=OrganisationId("03"))
    with pytest.raises(Refusal) as no:
        decide.record(scene.provider, impostor, reference(scene), _signed(scene, "03", key="11"))
    told(no, "decision.signature")


def test_a_decision_on_a_stale_version_is_a_conflict(scene: Scene) -> None:
    stale = _signed(scene, "03", version=digest("an older one"))
    with pytest.raises(Conflict) as no:
        decide.record(scene.provider, scene.person("03", Role.DECIDER), reference(scene), stale)
    told(no, "decision.stale")


def test_a_plan_whose_digest_differs_is_refused(scene: Scene) -> None:
    other, _ = decide.propose(
        scene.provider, scene.person("03", Role.DECIDER), reference(scene),
        terms=SliceTerms(drop=(("ENROLMENT", "ABSENCE_DAYS"),)),
    )  # fmt: skip
    with pytest.raises(Tampered) as no:
        decide.record(
            scene.provider, scene.person("03", Role.DECIDER), reference(scene),
            _signed(scene, "03", slice_plan=digest(other)),
        )  # fmt: skip
    told(no, "decision.plan_differs", f"{reference(scene)}/03")


def test_another_controllers_plan_is_not_shown(scene: Scene) -> None:
    with pytest.raises(Refusal) as no:
        decide.propose(scene.provider, scene.person("provider", Role.OPERATOR), reference(scene))
    told(no, "plan.not_yours")


# --- keys and databases ---


def test_a_missing_key_stops_whoever_needs_it(scene: Scene) -> None:
    with pytest.raises(Fault) as no:
        scene.provider.keys.scope_key("2026-404")
    told(no, "keys.missing", "2026-404")


def test_nothing_is_granted_before_the_decisions(scene: Scene) -> None:
    with pytest.raises(Refusal) as no:
        disclose.grant(scene.provider, reference(scene))
    told(no, "grant.none")


def test_open_stops_keep_the_cases_closed(scene: Scene) -> None:
    with pytest.raises(Refusal) as no:
        assess.open_controllers(scene.provider, scene.person("provider", Role.OPERATOR), reference(scene))
    told(no, "rules.state")
