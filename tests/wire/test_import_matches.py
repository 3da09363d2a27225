"""W4: a configuration and tables in kudaf_datasource_tools' own form are imported and served, equal to what the server
that its 0.3.2 generates sends, where that server is right; and every difference is one of its known faults.

The faults are modelled here one by one. What we serve is compared with the file itself, what the peer serves with ours
after the fault.
"""

import csv
import io
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from avrop.catalogue.importing import Imported
from avrop.catalogue.imports import FORMS, USUAL
from avrop.demo.standin import Persona, StandIn
from avrop.disclosure.pseudonyms import pseudonymiser
from avrop.settings import ServeSetting, Settings
from avrop.system import open_system
from tests.tokens.serving import free_port
from tests.wire import owning
from tests.wire.generated import generate, peer_datasource, try_to_generate

pytestmark = pytest.mark.wire

DATASOURCE = "02d0f79b-7fbc-422b-bb31-a4d22121f040"
AUDIENCE = f"https://n.feide.no/datasources/{DATASOURCE}"
SUBJECT = "0b1e6a52-7f0c-4a55-9a3e-2f5d1f1c0a01"
HEAD = """\
projectInfo: {{organization: eksempel, author: tester, datasourceName: TEST, datasourceId: {datasource}}}
dataFiles:
- dataFile: &svar {{fileNameExt: svar.csv, csvParseDelimiter: ";", fileDirectory: {folder}}}
- dataFile: &kandidat {{fileNameExt: kandidat.parquet, fileDirectory: {folder}}}
unitTypes:
- KANDIDAT: &enhet {{shortName: KANDIDAT, name: Kandidat, description: En kandidat, dataType: STRING}}
variables:
"""
VARIABLE = """\
- name: {name}
  temporalityType: {temporality}
  sensitivityLevel: NONPUBLIC
  populationDescription: [Noen]
  subjectFields: [Opplæring]
  identifierVariables: [{{unitType: {unit}}}]
  measureVariables: [{{label: {name}, description: En verdi, dataType: {kind}}}]
  dataMapping:
    dataFile: {file}
    identifierColumns: ["{identifier}"]
    measureColumns: ["{column}"]
"""
DATES = "    attributeColumns: [Start_Dato, {stop}]\n"
SVAR = '''\
Fødselsnr;Svar;Poeng;Vekt;Merknad;Grunn;Start_Dato;Stop_Dato;Slutt_Dato;Unevnt
01810112345;01;7;1.5;"a, b";"en, to";2023-08-01;2024-07-31;2024-07-31;hemmelig
02820212346;02;;2.25;"sier ""hei""";;2023-08-01;;;hemmelig
10830312347;02;47;;"to
linjer";x;2024-08-01;2025-07-31;2025-07-31;hemmelig
11840412348;01;;3.0;NULL;y;2024-09-01;;;hemmelig
01810112345;02;9;0.125;;;2024-08-02;2024-12-31;2024-12-31;hemmelig
03850512349;;;;æ;z;2024-10-01;2025-01-31;2025-01-31;hemmelig
'''
IN_SVAR = {
    "TEST_SVAR": ("Svar", "STRING", "STATUS", "Stop_Dato"), "TEST_POENG": ("Poeng", "LONG", "EVENT", "Stop_Dato"),
    "TEST_VEKT": ("Vekt", "DOUBLE", "STATUS", "Stop_Dato"), "TEST_MERKNAD": ("Merknad", "STRING", "EVENT", "Stop_Dato"),
    "TEST_GRUNN": ("Grunn", "STRING", "STATUS", "Slutt_Dato"), "TEST_SUM": ("Poeng", "LONG", "ACCUMULATED", "Stop_Dato"),
}  # fmt: skip
"""Each variable's column, type, temporality and end; all identify by Fødselsnr."""
IN_KANDIDAT = {"TEST_KULL": ("Kull", "LONG"), "TEST_NAVN": ("Navn", "STRING")}
KANDIDATER = {"Kode": ["k-01", "k-02", "k-03"], "Kull": [2020, 2021, 2021], "Navn": ["Ø, Å", 'a "b"', "03"]}

Row = tuple[str, ...]


def configuration(folder: Path) -> str:
    text = HEAD.format(datasource=DATASOURCE, folder=folder)
    for name, (column, kind, temporality, stop) in IN_SVAR.items():
        text += VARIABLE.format(
            name=name, column=column, kind=kind, temporality=temporality, unit="PERSON", file="*svar",
            identifier="Fødselsnr",
        ) + DATES.format(stop=stop)  # fmt: skip
    for name, (column, kind) in IN_KANDIDAT.items():
        text += VARIABLE.format(
            name=name, column=column, kind=kind, temporality="FIXED", unit="*enhet", file="*kandidat", identifier="Kode"
        )
    return text


@dataclass(frozen=True, kw_only=True)
class Table:
    """A parsed CSV: its header, and its rows in any order, sorted."""

    header: Row
    rows: tuple[Row, ...]


@dataclass(frozen=True, kw_only=True)
class Match:
    """Both servers, who asks them, and whose pseudonym is whose identifier at ours."""

    peer: str
    ours: str
    stand_in: StandIn
    people: Mapping[str, str]
    imported: Imported

    def ask(self, base: str, variable: str, **window: str) -> httpx.Response:
        said = {"Authorization": f"Bearer {self.stand_in.token('consumer')}"}
        return httpx.get(f"{base}api/variables/{variable}", headers=said, params=window, timeout=60)

    def theirs(self, variable: str, **window: str) -> str:
        answer = self.ask(self.peer, variable, **window)
        assert answer.status_code == 200, answer.text
        return answer.text

    def served(self, variable: str, **window: str) -> Table:
        """What ours serves, each pseudonym mapped back."""
        answer = self.ask(self.ours, variable, **window)
        assert (answer.status_code, answer.headers["content-type"]) == (200, "text/csv; charset=utf-8"), answer.text
        table = parsed(answer.text)
        assert table.header[:2] == ("pseudonym", variable)
        rows = tuple(sorted((self.people[row[0]], *row[1:]) for row in table.rows))
        return Table(header=table.header, rows=rows)


def parsed(text: str) -> Table:
    header, *rows = csv.reader(io.StringIO(text, newline=""), strict=True)
    assert {len(row) for row in rows} <= {len(header)}
    return Table(header=tuple(header), rows=tuple(sorted(tuple(row) for row in rows)))


def in_file(variable: str) -> list[Row]:
    """What stands in the source for a variable: identifier, value, start, stop, as text."""
    column, _, _, stop = IN_SVAR[variable]
    rows = csv.DictReader(io.StringIO(SVAR, newline=""), delimiter=";")
    return [(row["Fødselsnr"], row[column], row["Start_Dato"], row[stop]) for row in rows]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("tables")
    (made / "svar.csv").write_text(SVAR, "utf-8", newline="")
    table = pa.table(KANDIDATER, schema=pa.schema([("Kode", pa.string()), ("Kull", pa.int64()), ("Navn", pa.string())]))
    pq.write_table(table, made / "kandidat.parquet", version="1.0")
    (made / "config.yaml").write_text(configuration(made), "utf-8")
    return made


@pytest.fixture(scope="module")
def match(
    folder: Path, fresh_database: Callable[[str], str], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Match]:
    home, ours, issuing = tmp_path_factory.mktemp("ours"), free_port(), free_port()
    settings = Settings(
        name="eksempel", organisation=owning.OWNER, home=home / "zone", keys_home=home / "keys",
        database_url=fresh_database("eksempel"), demo=True,
    )  # fmt: skip
    persona = Persona(subject=SUBJECT, audience=AUDIENCE, kind="consumers")
    stand_in = StandIn(
        settings=settings, url=f"http://127.0.0.1:{issuing}", personas={"consumer": persona},
        clock=lambda: datetime.now(UTC) - timedelta(seconds=1),
    )  # fmt: skip
    serve = ServeSetting(
        faces=("casework", "datasource"), port=ours, public_url=f"http://127.0.0.1:{ours}/", datasource_id=DATASOURCE,
        issuers=(stand_in.issuer("consumers", AUDIENCE),), allowed_hosts=(stand_in.allowed_host,),
    )  # fmt: skip
    with open_system(replace(settings, serve=serve)) as system:
        made = owning.publish_import(system, folder / "config.yaml")
        owning.load_empty_lists(system, folder)
        people: dict[str, str] = {}
        for number, dataset in enumerate(made.catalogue.datasets, start=1):
            reference = f"2026-00{number}"
            asked = [name for name in dataset.variables if name != dataset.person]
            owning.open_generation(system, reference, dataset.name, asked, catalogue=made.catalogue.name)
            people |= _pseudonyms(system.keys.scope_key(reference))
        owning.register_consumer(system, SUBJECT)
        with (
            owning.serving(system),
            stand_in.serving(),
            peer_datasource(
                generate(folder, "config.yaml"), free_port(), issuer=f"{stand_in.url}/consumers",
                permissions_url=serve.public_url,
            ) as peer,
        ):  # fmt: skip
            yield Match(peer=peer, ours=serve.public_url, stand_in=stand_in, people=people, imported=made)


def _pseudonyms(key: bytes) -> dict[str, str]:
    """Pseudonym → identifier in one scope; the other way round there is one for each."""
    known = [*{row[0] for row in in_file("TEST_SVAR")}, *KANDIDATER["Kode"]]
    made = list(pseudonymiser(key)(known))
    assert len(set(made)) == len(known)
    return dict(zip(made, known, strict=True))


def inferred(values: Sequence[str]) -> list[str]:
    """C1: what a column becomes whose type is guessed: whole numbers lose their zeros, and beside a null their form."""
    present = [value for value in values if value]
    if present and all(value.isdigit() for value in present):
        whole = len(present) == len(values)
        return [str(int(value)) if whole else f"{float(value)}" if value else "" for value in values]
    if present and all(value.replace(".", "", 1).isdigit() for value in present):
        return [f"{float(value)}" if value else "" for value in values]
    return list(values)


def guessed(rows: Sequence[Row]) -> list[Row]:
    """C1 on every column of a file's rows."""
    return [tuple(row) for row in zip(*(inferred(column) for column in zip(*rows, strict=True)), strict=True)]


@pytest.mark.parametrize("variable", IN_SVAR)
def test_we_serve_what_stands_in_the_file(match: Match, variable: str) -> None:
    """Zeros, nulls, commas, quotes, lines and open spells survive; a number is a number."""
    expected = in_file(variable)
    if variable == "TEST_VEKT":
        expected = [(who, inferred([value])[0], start, stop) for who, value, start, stop in expected]
    assert match.served(variable).rows == tuple(sorted(expected))


@pytest.mark.parametrize("variable", IN_SVAR)
def test_the_peer_serves_the_same_rows_but_for_the_types_it_guesses(match: Match, variable: str) -> None:
    """C1 alone: the rows of the peer are those of the file after the guess, and so ours after it."""
    theirs = parsed(match.theirs(variable))
    assert theirs.rows == tuple(sorted(guessed(in_file(variable))))
    column, _, _, stop = IN_SVAR[variable]
    assert theirs.header == ("Fødselsnr", column, "Start_Dato", stop)
    assert theirs.rows != match.served(variable).rows  # the identity numbers lost their zeros


@pytest.mark.parametrize("variable", IN_KANDIDAT)
def test_where_the_peer_guesses_nothing_we_serve_the_very_same_rows(match: Match, variable: str) -> None:
    theirs = parsed(match.theirs(variable))
    assert theirs.header == ("Kode", IN_KANDIDAT[variable][0])
    assert theirs.rows == match.served(variable).rows


def test_columns_that_no_variable_is_read_from_are_nowhere(match: Match, folder: Path) -> None:
    for variable in (*IN_SVAR, *IN_KANDIDAT):
        assert "hemmelig" not in match.ask(match.ours, variable).text


WINDOW = {"start": "2024-08-01", "stop": "2025-08-01"}


def overlapping(rows: Sequence[Row], start: str, stop: str) -> tuple[Row, ...]:
    """The rows that hold on a day of the window; one without a stop still does."""
    return tuple(sorted(row for row in rows if row[2] < stop and (not row[3] or row[3] >= start)))


def contained(rows: Sequence[Row], start: str, stop: str) -> list[Row]:
    """C4: the peer keeps a spell only if the window holds the whole of it, and never an open one."""
    return [row for row in rows if row[2] >= start and row[3] and row[3] <= stop]


def test_a_window_keeps_the_spells_that_hold_in_it_and_the_open_ones(match: Match) -> None:
    for variable in ("TEST_SVAR", "TEST_MERKNAD", "TEST_GRUNN"):
        kept = overlapping(in_file(variable), **WINDOW)
        assert match.served(variable, **WINDOW).rows == kept
        assert [row for row in kept if not row[3]]


@pytest.mark.parametrize("variable", ["TEST_SVAR", "TEST_POENG", "TEST_VEKT"])
def test_the_peers_window_loses_spells_that_reach_over_it_and_open_ones(match: Match, variable: str) -> None:
    """C4; C6, a null is printed as `nan`; and C1 as before."""
    theirs = parsed(match.theirs(variable, **WINDOW)).rows
    kept = contained(guessed(in_file(variable)), **WINDOW)
    assert theirs == tuple(sorted((who, value or "nan", start, stop) for who, value, start, stop in kept))
    assert "nan" in {row[1] for row in theirs}
    ours = match.served(variable, **WINDOW).rows
    assert len(theirs) < len(ours)
    assert "" in {row[1] for row in ours}


def test_the_peers_window_does_not_quote(match: Match) -> None:
    """C5: its text is that of the kept rows joined by commas."""
    lines = [",".join(row) for row in contained(guessed(in_file("TEST_MERKNAD")), **WINDOW)]
    assert sorted(match.theirs("TEST_MERKNAD", **WINDOW).split("\n")[1:]) == sorted("\n".join([*lines, ""]).split("\n"))
    wide = {"start": "2023-01-01", "stop": "2025-08-01"}
    values = {row[1] for row in match.served("TEST_MERKNAD", **wide).rows}
    assert {"a, b", 'sier "hei"', "to\nlinjer"} < values


def test_the_peer_finds_no_norwegian_end_and_sends_nothing(match: Match) -> None:
    """C3, and C7: status 200, not even a header, and then it breaks off."""
    said = {"Authorization": f"Bearer {match.stand_in.token('consumer')}"}
    url = f"{match.peer}api/variables/TEST_GRUNN"
    with httpx.stream("GET", url, headers=said, params=WINDOW, timeout=60) as answer:
        assert answer.status_code == 200
        received: list[bytes] = []
        with pytest.raises(httpx.RemoteProtocolError):
            received.extend(answer.iter_bytes())
        assert received == []
    assert match.served("TEST_GRUNN", **WINDOW).rows


def test_a_window_in_which_nothing_holds_is_a_header_at_ours_and_nothing_at_the_peer(match: Match) -> None:
    """C7."""
    before = {"start": "2001-01-01", "stop": "2001-02-01"}
    assert match.theirs("TEST_SVAR", **before) == ""
    ours = match.served("TEST_SVAR", **before)
    assert (ours.rows, len(ours.header)) == ((), 4)


def test_one_end_of_a_window_alone_is_enough_for_us_and_too_little_for_the_peer(match: Match) -> None:
    """C2."""
    assert match.ask(match.peer, "TEST_SVAR", start="2024-08-01").status_code in (404, 500)
    assert match.served("TEST_SVAR", start="2024-12-31").rows == overlapping(in_file("TEST_SVAR"), "2024-12-31", "9999")


def test_the_peer_breaks_off_where_it_sums_by_a_key_that_it_took_for_a_number(match: Match) -> None:
    """C8. Ours sums nothing, as the import said."""
    with pytest.raises(httpx.RemoteProtocolError):
        match.theirs("TEST_SUM", **WINDOW)
    assert match.served("TEST_SUM", **WINDOW).rows == overlapping(in_file("TEST_SUM"), **WINDOW)
    assert any(x.subject == "TEST_SUM" and "sums nothing" in x.sentence for x in match.imported.report)


def test_a_file_name_with_two_dots_stops_the_peer_and_not_us(folder: Path) -> None:
    """C9."""
    text = configuration(folder).replace("svar.csv", "svar.2024.csv")
    (folder / "svar.2024.csv").write_text(SVAR, "utf-8", newline="")
    (folder / "dots.yaml").write_text(text, "utf-8")
    made, said = try_to_generate(folder, "dots.yaml")
    assert not (made / "app" / "main.py").exists()
    assert "too many values to unpack" in said
    found = FORMS[USUAL](text, file="dots.yaml")
    assert "SVAR_2024" in {table.dataset for table in found.sources}


def test_what_is_not_granted_is_refused_by_both_alike(match: Match) -> None:
    """C11: for whoever knows the peer, ours says the same."""
    assert [match.ask(base, "TEST_UKJENT").status_code for base in (match.peer, match.ours)] == [401, 401]
