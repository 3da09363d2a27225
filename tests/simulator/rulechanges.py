"""Changes that each break a rule: the table that is changed, and the statement that changes it.

`rows` is the table as it was made; other tables stand by their names.
"""


def first(key: str, where: str = "TRUE") -> str:
    """The condition of one row: the first that fits."""
    return f"{key} = (SELECT min({key}) FROM rows WHERE {where})"


def changed(column: str, value: str, one: str) -> str:
    """All rows, with one column of one row changed."""
    return f"SELECT * REPLACE (CASE WHEN {one} THEN {value} ELSE {column} END AS {column}) FROM rows"


DIPLOMA = """slag = 'STP' AND skoleaar = '2018-2019' AND karakter BETWEEN '2' AND '6' AND elevfag_id NOT IN
(SELECT elevfag_id FROM rows WHERE slag = 'EKS') AND elevfag_id IN (SELECT elevfag_id FROM elevfag JOIN elevforhold USING (elevforhold_id)
WHERE person_lnr IN (SELECT person_lnr FROM dokumentasjon WHERE slag = 'VM'))"""
"""A final mark, without an exam, of somebody who got a diploma later."""

MUTATIONS: dict[str, tuple[str, str]] = {
    "SR01": ("elevfag", "SELECT * FROM rows UNION ALL (SELECT * FROM rows WHERE coalesce(fravaer_timer, 0) = 0 ORDER BY ALL LIMIT 1)"),
    "SR02": ("soknad", f"SELECT * FROM rows WHERE NOT {first('soknad_id')}"),
    "SR03": ("person", changed("fodselsnummer", "lpad(CAST(CAST(fodselsnummer AS BIGINT) + 1 AS VARCHAR), 11, '0')", first("person_lnr"))),
    "SR04": ("person", changed("kjonn", "CASE kjonn WHEN '1' THEN '2' ELSE '1' END", first("person_lnr"))),
    "SR05": ("person", changed("fodselsnummer", "(SELECT max(fodselsnummer) FROM rows)", first("person_lnr"))),
    "SR06": ("opplaeringskontor", changed("orgnr", "'9' || substr(orgnr, 2)", first("kontor_lnr"))),
    "SR07": ("elevforhold", changed("skolenr", "'03001'", first("elevforhold_id", "avgiverfylke <> '03'"))),
    "SR08": ("elevforhold", changed("hjemstedsfylke", "'30'", first("elevforhold_id", "skoleaar = '2019-2020'"))),
    "SR09": ("elevforhold", changed("utdanningsprogram", "'ID'", first("elevforhold_id", "utdanningsprogram = 'ST' AND person_lnr IN (SELECT person_lnr FROM rows GROUP BY 1 HAVING count(DISTINCT elevforhold_id) = 1)"))),
    "SR10": ("elevfag", changed("fagkode", "'HEA2007'", first("elevfag_id", "fagkode <> 'HEA2007' AND fagstatus = 'E' AND skoleaar >= '2022-2023'"))),
    "SR11": ("bosted", changed("fylke", "'03'", "fom = DATE '2024-01-01' AND person_lnr = (SELECT min(person_lnr) FROM rows WHERE fom = DATE '2024-01-01')")),
    "SR12": ("elevforhold", changed("rettstype", "'3'", first("elevforhold_id", "trinn = 'VG1' AND rettstype = '2'"))),
    "SR13": ("elevforhold", changed("fullfortkode", "'H'", first("elevforhold_id", "trinn = 'VG1' AND fullfortkode = 'B' AND person_lnr IN (SELECT person_lnr FROM rows WHERE trinn = 'VG2')"))),
    "SR14": ("elevforhold", f"SELECT * FROM rows UNION ALL SELECT * REPLACE (elevforhold_id + 9 AS elevforhold_id) FROM rows WHERE {first('elevforhold_id', 'avbruddsdato IS NULL')}"),
    "SR15": ("kontrakt", "SELECT * REPLACE (laeretid_fra - INTERVAL 400 DAY AS laeretid_fra) FROM rows"),
    "SR16": ("elevforhold", changed("rettstype", "'2'", first("elevforhold_id", "skoleaar >= '2024-2025' AND rettstype = '4'"))),
    "SR17": ("elevforhold", changed("utdanningsprogram", "'ID'", first("elevforhold_id", "trinn = 'VG2' AND utdanningsprogram <> 'ID'"))),
    "SR18": ("onske", f"SELECT * FROM rows WHERE NOT (onskenr = 2 AND {first('soknad_id', 'onskenr = 3')})"),
    "SR19": ("onske", changed("status", "'INNTO'", first("soknad_id", "status = 'UAKTU'"))),
    "SR20": ("vurdering", changed("dato", "dato + INTERVAL 1 YEAR", first("vurdering_id"))),
    "SR21": ("elevforhold", changed("avbruddsaarsak", "'IM'", first("elevforhold_id", "avbruddsdato IS NOT NULL"))),
    "SR22": ("vurdering", f"SELECT * FROM rows UNION ALL SELECT * REPLACE ('EKS' AS slag, 'S' AS form, '4' AS karakter, NULL::VARCHAR AS merknad, vurdering_id + 1 AS vurdering_id) FROM rows WHERE {first('vurdering_id', 'karakter = $$IV$$ AND skoleaar NOT BETWEEN $$2019-2020$$ AND $$2021-2022$$')}"),
    "SR23": ("soknad", changed("innsendt", "DATE '2001-03-01'", first("soknad_id"))),
    "SR24": ("kontrakt", changed("netto_laeretid", "netto_laeretid + 1", first("kontrakt_id"))),
    "SR25": ("kontrakt", changed("avbrudd_fra", "laeretid_fra - 5", first("kontrakt_id"))),
    "SR26": ("kontrakt", changed("avslutningskode", "NULL", first("kontrakt_id", "avslutningskode NOT IN ('AB', 'S1', 'S2')"))),
    "SR27": ("prove", changed("dato", "dato - INTERVAL 200 DAY", first("prove_id", "kontrakt_id IS NOT NULL"))),
    "SR28": ("prove", changed("resultat", "'IB'", first("prove_id", "resultat = 'B'"))),
    "SR29": ("vurdering", changed("karakter", "'BM'", first("vurdering_id", "slag = 'T1'"))),
    "SR30": ("vurdering", changed("merknad", "NULL", first("vurdering_id", "karakter = 'IV'"))),
    "SR31": ("vurdering", f"SELECT * FROM rows UNION ALL SELECT * REPLACE ('EKS' AS slag, 'M' AS form, 'IM' AS karakter, 'FAM29' AS merknad, vurdering_id + 1 AS vurdering_id) FROM rows WHERE {first('vurdering_id', DIPLOMA)}"),
    "SR32": ("vurdering", changed("karakter", "'GK'", first("vurdering_id", "slag = 'STP'"))),
    "SR33": ("elevforhold", changed("elevstatus", "'A'", first("elevforhold_id", "elevstatus = 'E'"))),
    "SR34": ("dokumentasjon", changed("snitt", "snitt + 0.01", first("dok_id", "slag = 'VM'"))),
    "SR35": ("vurdering", changed("form", "'S'", first("vurdering_id", "slag = 'EKS' AND skoleaar = '2021-2022' AND form = 'M'"))),
    "SR36": ("grunnskoleresultat", changed("grunnskolepoeng", "grunnskolepoeng + 0.1", first("person_lnr", "grunnskolepoeng IS NOT NULL"))),
    "SR37": ("elevforhold", changed("fravaer_dager", "191", first("elevforhold_id"))),
    "SR38": ("elevfag", changed("fravaer_dokumentert", "0", "fravaer_timer * 10 > aarstimer AND fravaer_dokumentert > 0")),
    "SR39": ("hendelse", "SELECT * FROM rows WHERE slag <> 'contract ended'"),
    "SR41": ("vurdering", changed("er_syntetisk", "FALSE", first("vurdering_id"))),
}  # fmt: skip
"""For each rule of the tables one change that it catches. The event log is told anew for what was changed."""

FOLLOWS: dict[str, set[str]] = {
    "SR05": {"SR04"},  # another's number says another birthday
    "SR14": {"SR33"},  # the second course has no subjects
    "SR15": {"SR08", "SR13", "SR24"},  # the contract is as much longer, and begins before its trade was read and taught
    "SR17": {"SR09"},  # the area is still the old programme's
    "SR23": {"SR08"},  # no county had a code so early
}
"""Rules that a change breaks besides the one that it was made for: what was changed is theirs too."""

MORE: tuple[tuple[str, str, str], ...] = (
    ("SR02", "onske", changed("skolenr", "'03999'", first("soknad_id", "skolenr NOT LIKE '%000'"))),
    ("SR02", "kontrakt", changed("orgnr", "'200000004'", first("kontrakt_id"))),
    ("SR07", "onske", changed("skolenr", "'30001'", first("soknad_id", "skolenr NOT LIKE '%000'"))),
    ("SR07", "dokumentasjon", changed("skolenr", "'03001'", first("dok_id", "avgiverfylke <> '03'"))),
    ("SR08", "formidling", changed("avgiverfylke", "'04'", first("formidling_id"))),
    ("SR08", "formidling", changed("laerefag", "'QQQQQ3----'", first("formidling_id"))),
    ("SR08", "formidling", changed("status", "'QQQ'", first("formidling_id"))),
    ("SR08", "dokumentasjon", changed("programomraadekode", "'QQQQQ3----'", first("dok_id"))),
    ("SR08", "dokumentasjon", changed("kompetanse", "'9'", first("dok_id", "kompetanse IS NOT NULL"))),
    ("SR08", "elevforhold", changed("ajourholdskode", "'X'", first("elevforhold_id"))),
    ("SR08", "vurdering", changed("form", "'X'", first("vurdering_id", "slag = 'EKS'"))),
    ("SR08", "prove", changed("avgiverfylke", "'04'", first("prove_id", "dato >= DATE '2020-01-01'"))),
    ("SR12", "elevforhold", changed("rettstype", "'3'", first("elevforhold_id", "trinn = 'VG1' AND rettstype = '2'"))),
    ("SR15", "kontrakt", "SELECT * REPLACE (laeretid_fra - INTERVAL 250 DAY AS laeretid_fra) FROM rows"),
    ("SR16", "dokumentasjon", "SELECT * REPLACE (dato - INTERVAL 3 YEAR AS dato) FROM rows WHERE slag = 'VM'"),
    ("SR19", "kapasitet", "SELECT * FROM rows WHERE FALSE"),
    ("SR19", "kapasitet", "SELECT * REPLACE (0 AS plasser) FROM rows"),
    ("SR20", "elevforhold", changed("avbruddsdato", "avbruddsdato + INTERVAL 2 YEAR", first("elevforhold_id", "avbruddsdato IS NOT NULL"))),
    ("SR20", "elevfag", "SELECT * REPLACE (startdato - INTERVAL 3 YEAR AS startdato, avbruddsdato - INTERVAL 3 YEAR AS avbruddsdato) FROM rows"),
    ("SR21", "elevforhold", changed("ajourholdskode", "'I'", first("elevforhold_id", "avbruddsdato IS NULL"))),
    ("SR21", "elevforhold", changed("avbruddsdato", "avbruddsdato + 5", "ajourholdskode = 'N'")),
    ("SR22", "vurdering", "SELECT * FROM rows WHERE slag <> 'STP' OR elevfag_id % 2 = 0"),
    ("SR25", "kontrakt", "SELECT * REPLACE (NULL::DATE AS avbrudd_til, coalesce(avbrudd_fra, laeretid_fra + 40) AS avbrudd_fra) FROM rows"),
    ("SR27", "prove", "SELECT * FROM rows UNION ALL SELECT * EXCLUDE (n) REPLACE (prove_id + n AS prove_id, n AS forsok_nr) FROM rows, (VALUES (1), (3)) v(n) WHERE forsok_nr = 1"),
    ("SR27", "prove", changed("kandidattype", "'LA'", first("prove_id", "kandidattype = 'EL'"))),
    ("SR02", "kontrakt", changed("kontraktstype", "'L'", first("kontrakt_id", "kontraktstype = 'E'"))),
    ("SR28", "kontrakt", "SELECT * REPLACE (CASE WHEN avslutningskode = 'AB' THEN 'FV' ELSE avslutningskode END AS avslutningskode) FROM rows"),
    ("SR28", "vurdering", "SELECT * FROM rows WHERE slag <> 'STP'"),
    ("SR29", "vurdering", changed("karakter", "'BM'", first("vurdering_id", "slag = 'EKS'"))),
    ("SR33", "elevforhold", changed("elevstatus", "'E'", first("elevforhold_id", "elevstatus = 'I'"))),
    ("SR33", "elevforhold", changed("elevstatus", "'I'", first("elevforhold_id", "elevstatus = 'E'"))),
    ("SR34", "vurdering", "SELECT * FROM rows WHERE slag NOT IN ('STP', 'EKS')"),
    ("SR34", "elevforhold", changed("fullfortkode", "'H'", "trinn = 'VG3' AND fullfortkode IN ('I', 'M') AND person_lnr IN (SELECT e.person_lnr FROM rows e JOIN dokumentasjon d ON d.dok_id = e.elevforhold_id WHERE e.elevstatus = 'P' AND d.slag = 'VM')")),
    ("SR37", "elevforhold", "SELECT * REPLACE (NULL::INTEGER AS fravaer_timer) FROM rows"),
    *(
        ("SR41", table, "SELECT * REPLACE (FALSE AS er_syntetisk) FROM rows")
        for table in (
            "bosted", "grunnskoleresultat", "onske", "dokumentasjon", "formidling", "fagbrev", "oppfolging", "hendelse",
            "kapasitet", "skole", "bedrift",
        )
    ),
)  # fmt: skip
"""Further changes of a rule, which each break it and may break others."""
