"""Every rule holds for what is made, and catches the one change that was made to break it."""

from pathlib import Path

import duckdb
import pytest

from avrop.vigo.simulator.checking import numbers
from avrop.vigo.simulator.rules import check_rules, rules


def first(key: str, where: str = "TRUE") -> str:
    """The condition of one row: the first that fits."""
    return f"{key} = (SELECT min({key}) FROM rows WHERE {where})"


def changed(column: str, value: str, one: str) -> str:
    """All rows, with one column of one row changed."""
    return f"SELECT * REPLACE (CASE WHEN {one} THEN {value} ELSE {column} END AS {column}) FROM rows"


MUTATIONS: dict[str, tuple[str, str]] = {
    "SR01": ("elevfag", "SELECT * FROM rows UNION ALL (SELECT * FROM rows LIMIT 1)"),
    "SR02": ("elevforhold", f"SELECT * FROM rows WHERE NOT {first('elevforhold_id')}"),
    "SR03": ("person", changed("fodselsnummer", "lpad(CAST(CAST(fodselsnummer AS BIGINT) + 1 AS VARCHAR), 11, '0')", first("person_lnr"))),
    "SR04": ("person", changed("kjonn", "CASE kjonn WHEN '1' THEN '2' ELSE '1' END", first("person_lnr"))),
    "SR05": ("person", changed("fodselsnummer", "(SELECT max(fodselsnummer) FROM rows)", first("person_lnr"))),
    "SR06": ("opplaeringskontor", changed("orgnr", "'9' || substr(orgnr, 2)", first("kontor_lnr"))),
    "SR07": ("elevforhold", changed("skolenr", "'03001'", first("elevforhold_id", "avgiverfylke <> '03'"))),
    "SR08": ("elevforhold", changed("hjemstedsfylke", "'30'", first("elevforhold_id", "skoleaar = '2019-2020'"))),
    "SR09": ("elevforhold", changed("trinn", "'VG2'", first("elevforhold_id", "trinn = 'VG1'"))),
    "SR10": ("elevfag", changed("fagkode", "'HEA2007'", first("elevfag_id", "fagkode <> 'HEA2007' AND fagstatus = 'E'"))),
    "SR11": ("bosted", changed("fylke", "'03'", "fom = DATE '2024-01-01' AND person_lnr = (SELECT min(person_lnr) FROM rows WHERE fom = DATE '2024-01-01')")),
    "SR12": ("person", changed("fodselsdato", "DATE '1980-03-05'", "TRUE")),
    "SR13": ("elevforhold", "SELECT * FROM rows WHERE trinn <> 'VG1'"),
    "SR14": ("elevforhold", f"SELECT * FROM rows UNION ALL SELECT * REPLACE (elevforhold_id + 9 AS elevforhold_id) FROM rows WHERE {first('elevforhold_id', 'avbruddsdato IS NULL')}"),
    "SR15": ("kontrakt", "SELECT * REPLACE (laeretid_fra - INTERVAL 400 DAY AS laeretid_fra) FROM rows"),
    "SR16": ("elevforhold", changed("rettstype", "'4'", first("elevforhold_id", "skoleaar = '2019-2020'"))),
    "SR17": ("elevforhold", changed("utdanningsprogram", "'ID'", first("elevforhold_id", "trinn = 'VG2' AND utdanningsprogram <> 'ID'"))),
    "SR18": ("onske", f"SELECT * FROM rows WHERE NOT (onskenr = 2 AND {first('soknad_id', 'onskenr = 3')})"),
    "SR19": ("onske", changed("status", "'INNTO'", first("soknad_id", "status = 'UAKTU'"))),
    "SR20": ("vurdering", changed("dato", "dato + INTERVAL 1 YEAR", first("vurdering_id"))),
    "SR21": ("elevforhold", changed("avbruddsaarsak", "'IM'", first("elevforhold_id", "avbruddsdato IS NOT NULL"))),
    "SR22": ("vurdering", f"SELECT * FROM rows UNION ALL SELECT * REPLACE ('EKS' AS slag, '4' AS karakter, vurdering_id + 1 AS vurdering_id) FROM rows WHERE {first('vurdering_id', 'karakter = $$IV$$')}"),
    "SR23": ("soknad", changed("innsendt", "DATE '2001-03-01'", first("soknad_id"))),
    "SR24": ("kontrakt", changed("netto_laeretid", "netto_laeretid + 1", first("kontrakt_id"))),
    "SR25": ("kontrakt", changed("avbrudd_fra", "laeretid_fra - 5", first("kontrakt_id"))),
    "SR26": ("kontrakt", changed("avslutningskode", "NULL", first("kontrakt_id", "avsluttet IS NOT NULL"))),
    "SR27": ("prove", changed("dato", "dato - INTERVAL 200 DAY", first("prove_id", "kontrakt_id IS NOT NULL"))),
    "SR28": ("prove", changed("resultat", "'IB'", first("prove_id", "resultat = 'B'"))),
    "SR29": ("vurdering", changed("karakter", "'BM'", first("vurdering_id", "slag = 'T1'"))),
    "SR30": ("vurdering", changed("merknad", "NULL", first("vurdering_id", "karakter = 'IV'"))),
    "SR31": ("vurdering", "SELECT * REPLACE (CASE WHEN slag = 'STP' AND dato > DATE '2022-05-01' THEN '1' ELSE karakter END AS karakter) FROM rows"),
    "SR32": ("vurdering", changed("karakter", "'GK'", first("vurdering_id", "slag = 'STP'"))),
    "SR33": ("elevforhold", changed("elevstatus", "'A'", first("elevforhold_id", "elevstatus = 'E'"))),
    "SR34": ("dokumentasjon", changed("snitt", "snitt + 0.01", first("dok_id", "slag = 'VM'"))),
    "SR35": ("vurdering", changed("skoleaar", "'2019-2020'", first("vurdering_id", "slag = 'EKS' AND month(dato) IN (5, 6)"))),
    "SR36": ("grunnskoleresultat", changed("grunnskolepoeng", "grunnskolepoeng + 0.1", first("person_lnr", "grunnskolepoeng IS NOT NULL"))),
    "SR37": ("elevforhold", changed("fravaer_dager", "191", first("elevforhold_id"))),
    "SR38": (
        "elevfag",
        changed("fravaer_timer", "aarstimer", "aarstimer > 0 AND fagkode LIKE 'ENG%' AND fagstatus = 'E'"),
    ),
    "SR39": ("hendelse", "SELECT * FROM rows WHERE slag <> 'contract ended'"),
    "SR41": ("vurdering", changed("er_syntetisk", "FALSE", first("vurdering_id"))),
}  # fmt: skip


def test_there_are_forty_two_rules() -> None:
    assert set(numbers()) == {f"SR{number:02d}" for number in range(1, 43)}
    assert set(MUTATIONS) == set(rules())


def test_what_is_made_breaks_no_rule(micro: Path) -> None:
    assert check_rules(micro) == []


@pytest.mark.parametrize("number", sorted(MUTATIONS))
def test_a_rule_catches_its_change(tmp_path: Path, micro: Path, number: str) -> None:
    table, sql = MUTATIONS[number]
    for folder in micro.iterdir():
        if folder.is_dir() and folder.name != table:
            (tmp_path / folder.name).symlink_to(folder)
    (tmp_path / table).mkdir()
    with duckdb.connect() as database:
        database.execute(f"CREATE VIEW rows AS SELECT * FROM read_parquet('{micro / table}/*.parquet')")
        before = database.execute("SELECT * FROM rows ORDER BY ALL").fetchall()
        database.execute(f"CREATE TABLE changed AS {sql}")
        assert database.execute("SELECT * FROM changed ORDER BY ALL").fetchall() != before, "nothing was changed"
        database.execute(f"COPY changed TO '{tmp_path / table / 'x.parquet'}' (FORMAT parquet)")
    (broken,) = check_rules(tmp_path, (number,))
    assert broken.rule == number
    assert broken.count >= 1
