"""One variable of an open generation as a dataset: what is in it, what is refused and why, and what is recorded."""

import json
import os
import secrets
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import duckdb
import pytest
from cryptography.hazmat.primitives.asymmetric.mlkem import MLKEM768PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from avrop.actions import disclose
from avrop.actions import facts as f
from avrop.actions.export import Exported, export_variable
from avrop.actors import Role
from avrop.catalogue.microdata import metadata
from avrop.catalogue.unittypes import Text
from avrop.disclosure import sealingkeys
from avrop.disclosure.microdata_archive import read_archive, table
from avrop.errors import AvropError, Fault, Refusal, Tampered
from avrop.store import db
from avrop.store import events as event_store
from tests.export.playing import DELIVERY, Scene, delivered, revoke

PEM = (Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


def export(scene: Scene, variable: str, out: Path, **options: str) -> Exported:
    return export_variable(
        scene.provider, scene.person("provider", Role.OPERATOR), DELIVERY, variable, out=out, **options
    )


def lines(out: Path, name: str) -> list[str]:
    return (out / name / f"{name}.csv").read_text("utf-8").splitlines()


def generation(scene: Scene) -> Path:
    return disclose.served(scene.provider, DELIVERY)


def rows(scene: Scene, query: str) -> list[tuple[str, ...]]:
    """Rows of the generation's table of stays, read by SQL of the test's own."""
    found = duckdb.sql(query.replace("STAY", f"'{generation(scene)}/STAY.parquet'")).fetchall()
    return [tuple(str(value) for value in row) for row in found]


def channels(scene: Scene) -> list[str]:
    with db.transaction(scene.provider.database) as connection:
        found = event_store.payloads(connection, DELIVERY)  # type: ignore[arg-type]
        return [x.event.channel for x in found if x.event.type == "GenerationSent"]


def test_a_fixed_variable_has_one_line_per_person_and_no_dates(scene: Scene, tmp_path: Path) -> None:
    done = export(scene, "SEX", tmp_path)
    expected = rows(scene, "SELECT DISTINCT pseudonym, SEX FROM STAY ORDER BY ALL")
    assert lines(tmp_path, "SEX") == [f"{unit};{sex};;;" for unit, sex in expected]
    assert (done.place, done.lines, done.missing) == (tmp_path / "SEX", 12, 0)
    assert sorted(path.name for path in tmp_path.rglob("*")) == ["SEX", "SEX.csv", "SEX.json"]


def test_a_status_holds_on_the_day_of_its_row(scene: Scene, tmp_path: Path) -> None:
    export(scene, "STATE", tmp_path)
    expected = rows(scene, "SELECT pseudonym, STATE, DAY FROM STAY ORDER BY pseudonym, DAY")
    assert lines(tmp_path, "STATE") == [f"{unit};{state};{day};{day};" for unit, state, day in expected]
    assert len(expected) == 24


def test_an_event_holds_on_the_day_of_its_row_and_a_row_without_a_value_has_no_line(
    scene: Scene, tmp_path: Path
) -> None:
    done = export(scene, "PLACE", tmp_path, table="STAY")
    expected = rows(scene, "SELECT pseudonym, PLACE, DAY FROM STAY WHERE PLACE IS NOT NULL ORDER BY pseudonym, DAY")
    quoted = {"There; far": '"There; far"', 'The "inn"': '"The ""inn"""'}
    assert lines(tmp_path, "PLACE") == [f"{unit};{quoted.get(p, p)};{day};{day};" for unit, p, day in expected]
    assert done.missing == 24 - done.lines > 0


def test_an_event_of_spells_holds_from_their_beginning_to_their_end_and_an_open_one_has_none(
    scene: Scene, tmp_path: Path
) -> None:
    done = export(scene, "GRADE", tmp_path)
    units = [unit for (unit,) in rows(scene, "SELECT DISTINCT pseudonym FROM STAY ORDER BY ALL")]
    expected = [(f"{unit};1;2024-01-10;2024-06-30;", f"{unit};2;2024-07-01;;") for unit in units]
    assert lines(tmp_path, "GRADE") == [line for two in expected for line in two]
    assert done.lines == 24


def test_an_accumulated_value_is_one_of_a_closed_spell(scene: Scene, tmp_path: Path) -> None:
    export(scene, "EARNED", tmp_path)
    assert {line.split(";", 2)[2] for line in lines(tmp_path, "EARNED")} == {"2024-01-10;2024-06-30;"}
    assert len(lines(tmp_path, "EARNED")) == 12


def test_a_number_is_a_number_and_a_coarsened_date_is_text(scene: Scene, tmp_path: Path) -> None:
    export(scene, "HOURS", tmp_path)
    export(scene, "BORN", tmp_path)
    export(scene, "SHARE", tmp_path)
    measures = {name: described(tmp_path, name)["measureVariables"][0] for name in ("HOURS", "BORN", "SHARE")}
    types = {name: measure["dataType"] for name, measure in measures.items()}
    assert types == {"HOURS": "LONG", "BORN": "STRING", "SHARE": "DOUBLE"}
    shares = {float(line.split(";")[1]) for line in lines(tmp_path, "SHARE")}
    assert shares == {number / 7 for number in range(12)} | {1e-7 * number for number in range(12)}
    assert "year" in str(measures["BORN"]["valueDomain"]["description"])
    assert {line.split(";")[1] for line in lines(tmp_path, "BORN")} == {str(1980 + n) for n in range(12)}


def described(out: Path, name: str) -> dict[str, list[dict[str, str]]]:
    found: dict[str, list[dict[str, str]]] = json.loads((out / name / f"{name}.json").read_text("utf-8"))
    return found


def test_the_metadata_are_those_of_the_catalogue(scene: Scene, tmp_path: Path) -> None:
    export(scene, "STATE", tmp_path)
    assert json.loads((tmp_path / "STATE" / "STATE.json").read_text("utf-8")) == {
        "temporalityType": "STATUS",
        "sensitivityLevel": "PERSON_SPECIAL",
        "populationDescription": spoken("Et menneske.", "A human being."),
        "subjectFields": [spoken("Opphold", "Stays")],
        "dataRevision": {
            "description": spoken(f"Utgave 1: {DELIVERY}, small 1", f"Generation 1: {DELIVERY}, small 1")
        },
        "identifierVariables": [{"unitType": "PERSON"}],
        "measureVariables": [
            {
                "name": spoken("Tilstand", "State"),
                "description": spoken("Tilstand.", "State."),
                "dataType": "STRING",
                "valueDomain": {
                    "codeList": [
                        {"code": "01", "categoryTitle": spoken("Gammel", "Old"), "validFrom": "1900-01-01",
                         "validUntil": "2024-12-31"},
                        {"code": "02", "categoryTitle": spoken("Annen", "Other"), "validFrom": "1900-01-01"},
                        {"code": "03", "categoryTitle": spoken("Ny", "New"), "validFrom": "2025-01-01"},
                    ]
                },
            }
        ],
    }  # fmt: skip


def spoken(no: str, en: str) -> list[dict[str, str]]:
    return [{"languageCode": "no", "value": no}, {"languageCode": "en", "value": en}]


@pytest.mark.parametrize(
    ("variable", "options", "code"),
    [
        ("TOTAL", {}, "export.no_spell"),
        ("KIND", {}, "export.overlapping"),
        ("SUM", {}, "export.backwards"),
        ("NEWEST", {}, "export.all_open"),
        ("NEVER", {}, "export.empty"),
        ("SPACED", {}, "export.unwritable"),
        ("PLACE", {}, "export.which_table"),
        ("OWNER", {}, "export.no_variable"),
        ("pseudonym", {}, "export.no_variable"),
        ("STATE", {"table": "VISIT"}, "export.no_variable"),
    ],
)
def test_what_that_form_cannot_say_is_refused_before_anything_is_recorded_or_written(
    scene: Scene, tmp_path: Path, variable: str, options: dict[str, str], code: str
) -> None:
    before = channels(scene)
    with pytest.raises(AvropError) as no:
        export(scene, variable, tmp_path / "out", **options)
    assert no.value.code == code
    assert not (tmp_path / "out").exists()
    assert channels(scene) == before


def test_an_export_is_recorded_as_a_hand_over_before_it_is_written(scene: Scene, tmp_path: Path) -> None:
    before = channels(scene)
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(Fault, match=r"files\.failed"):
        export(scene, "SEX", tmp_path / "file")
    export(scene, "SEX", tmp_path / "out")
    assert channels(scene) == [*before, "dataset SEX", "dataset SEX"]


def test_exporting_again_gives_the_same_bytes(scene: Scene, tmp_path: Path) -> None:
    first = {path.name: path.read_bytes() for path in export(scene, "STATE", tmp_path).place.iterdir()}
    again = {path.name: path.read_bytes() for path in export(scene, "STATE", tmp_path).place.iterdir()}
    assert first == again


def test_another_role_does_not_export(scene: Scene, tmp_path: Path) -> None:
    with pytest.raises(Refusal, match=r"rules\."):
        export_variable(scene.provider, scene.person("receiver", Role.CUSTODIAN), DELIVERY, "SEX", out=tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_the_encrypted_archive_holds_the_same_dataset_and_nothing_of_it_in_the_clear(
    scene: Scene, tmp_path: Path
) -> None:
    private = sealingkeys.make_private(secrets.token_bytes)
    plain = export(scene, "STATE", tmp_path).place
    done = export(scene, "STATE", tmp_path / "sealed", sealing_key=sealingkeys.public_key(private))
    assert done.place == tmp_path / "sealed" / "STATE.tar"
    assert [path.name for path in (tmp_path / "sealed").iterdir()] == ["STATE.tar"]
    with done.place.open("rb") as file:
        archive = read_archive(file, "STATE", most_bytes=1 << 20)
        assert archive.metadata() == (plain / "STATE.json").read_bytes()
        assert b"".join(table(archive, private)) == (plain / "STATE.csv").read_bytes()
    unit = lines(tmp_path, "STATE")[0].split(";")[0].encode()
    assert unit not in done.place.read_bytes()


def test_nothing_is_spilled_or_left_beside_the_generation(scene: Scene, tmp_path: Path) -> None:
    export(scene, "STATE", tmp_path)
    for variable in ("KIND", "NEVER"):
        with pytest.raises(Refusal):
            export(scene, variable, tmp_path)
    assert [path.name for path in generation(scene).parent.iterdir()] == [generation(scene).name]


def test_a_generation_that_was_changed_on_the_disk_is_not_exported(scene: Scene, tmp_path: Path) -> None:
    file = generation(scene) / "STAY.parquet"
    whole = file.read_bytes()
    try:
        file.write_bytes(whole[:-1] + bytes([whole[-1] ^ 1]))
        with pytest.raises(Tampered, match=r"package\.source_changed"):
            export(scene, "SEX", tmp_path)
    finally:
        file.write_bytes(whole)


def test_a_variable_whose_name_or_unit_that_form_does_not_know_is_refused(scene: Scene) -> None:
    with db.transaction(scene.provider.database) as connection:
        sealed = f.account(connection).catalogue
        assert sealed is not None
        catalogue = f.catalogue(connection, sealed)
    stay, state, said = catalogue.dataset("STAY"), catalogue.variable("STATE"), Text(nb="x", en="x")
    for name in ("state", "1STATE", "_STATE", "STATE-1", "TILSTÅND", ""):
        with pytest.raises(Refusal, match=r"export\.name"):
            metadata(catalogue, stay, replace(state, name=name), level="value", revision=said)
    other = replace(catalogue.variable("PERSON_ID"), unit_type="STAY")
    changed = replace(catalogue, variables=tuple(other if v.name == other.name else v for v in catalogue.variables))
    with pytest.raises(Refusal, match=r"export\.unit_type"):
        metadata(changed, stay, state, level="value", revision=said)


def command(scene: Scene, *words: str | Path) -> subprocess.CompletedProcess[str]:
    """The command line on the provider's installation, at the story's time."""
    settings = scene.provider.settings
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("AVROP")},
        "AVROP_NAME": settings.name, "AVROP_HOME": str(settings.home), "AVROP_KEYS_HOME": str(settings.keys_home),
        "AVROP_DATABASE_URL": str(settings.database_url), "AVROP_DEMO": "1",
        "AVROP_CLOCK_FILE": str(scene.home / "clock.txt"), "AVROP_AS": "operator@provider",
    }  # fmt: skip
    return subprocess.run(
        [sys.executable, "-m", "avrop", "disclose", "export", DELIVERY, *words],
        capture_output=True,
        text=True,
        env=environment,
        check=False,
    )


def test_the_command_writes_a_dataset_or_an_archive_and_says_where(scene: Scene, tmp_path: Path) -> None:
    done = command(scene, "STATE", "--form", "microdata", "--out", tmp_path / "out", "--json")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == {"place": str(tmp_path / "out" / "STATE"), "lines": 24, "rows_without_a_value": 0}
    assert len(lines(tmp_path / "out", "STATE")) == 24
    seed, exchange = MLKEM768PrivateKey.generate(), X25519PrivateKey.generate()
    public = b"".join(k.public_key().public_bytes(*PEM) for k in (seed, exchange))
    (tmp_path / "microdata_public_key.pem").write_bytes(public)
    done = command(scene, "SEX", "--form", "microdata", "--out", tmp_path / "out", "--package", tmp_path)
    assert (done.returncode, done.stdout.splitlines()[0]) == (0, f"place: {tmp_path / 'out' / 'SEX.tar'}"), done.stderr
    private = seed.private_bytes_raw() + exchange.private_bytes_raw()
    with (tmp_path / "out" / "SEX.tar").open("rb") as file:
        assert b"".join(table(read_archive(file, "SEX", most_bytes=1 << 20), private)).count(b"\n") == 12


def test_the_command_says_why_not(scene: Scene, tmp_path: Path) -> None:
    done = command(scene, "TOTAL", "--form", "microdata", "--out", tmp_path / "out")
    assert done.returncode == 3
    assert "export.no_spell" in done.stderr
    (tmp_path / "microdata_public_key.pem").write_text("no key")
    done = command(scene, "SEX", "--form", "microdata", "--out", tmp_path / "out", "--package", tmp_path)
    assert done.returncode == 2
    assert "sealing.pem" in done.stderr
    done = command(scene, "SEX", "--form", "microdata", "--out", tmp_path / "out", "--package", tmp_path / "none")
    assert done.returncode == 2
    assert "file.missing" in done.stderr
    assert not (tmp_path / "out").exists()


def test_a_revocation_while_an_export_is_written_keeps_it_from_getting_its_name(
    fresh_database: Callable[[str], str], tmp_path: Path
) -> None:
    with delivered(fresh_database, tmp_path / "scene") as scene:
        system = replace(scene.provider, reach=lambda point: revoke(scene) if point == "export.before-name" else None)
        with pytest.raises(Refusal, match=r"delivery\.closed"):
            export_variable(system, scene.person("provider", Role.OPERATOR), DELIVERY, "SEX", out=tmp_path / "out")
        assert list((tmp_path / "out").iterdir()) == []


def test_after_a_revocation_nothing_is_exported(fresh_database: Callable[[str], str], tmp_path: Path) -> None:
    with delivered(fresh_database, tmp_path / "scene") as scene:
        before = channels(scene)
        revoke(scene)
        with pytest.raises(Refusal, match=r"delivery\.closed"):
            export(scene, "SEX", tmp_path / "out")
        assert not (tmp_path / "out").exists()
        assert channels(scene) == before
