"""A datasource's configuration becomes a catalogue and a source map, and everything in it is accounted for."""

from datetime import date

import pytest

from avrop.canonical import canonical
from avrop.catalogue.checks import run_checks
from avrop.catalogue.codelists import Code
from avrop.catalogue.files import read_catalogue, write_catalogue
from avrop.catalogue.importing import Imported
from avrop.catalogue.imports import FORMS, USUAL
from avrop.catalogue.sources import read_sources, write_sources
from avrop.catalogue.unittypes import Text
from avrop.errors import Mistake
from avrop.packs import load_pack

HEAD = """
projectInfo: {organization: eksempel, author: tester, datasourceName: Prøve-data, datasourceId: 02d0f79b}
dataFiles:
- dataFile: &file {fileNameExt: svar.csv, csvParseDelimiter: ";", fileDirectory: /data/}
unitTypes:
- SVAR_KODE: &svar
    shortName: SVAR_KODE
    name: Svar
    description: Hva som ble svart
    dataType: STRING
    valueDomain:
      codeList:
      - {code: "01", categoryTitle: Ja}
      - {code: NO, categoryTitle: [{languageCode: nb, value: Nei}, {languageCode: en, value: No}], validFrom: 2020-01-01, validUntil: 2020-12-31}
      sentinelAndMissingValues: [{code: "99", categoryTitle: Ukjent}]
"""
COMMON = """
  sensitivityLevel: NONPUBLIC
  populationDescription: [Søkere]
  subjectFields: [Inntak]
  identifierVariables: [{unitType: PERSON}]
"""


def variable(name: str, measure: str, mapping: str, *, temporality: str = "STATUS", common: str = COMMON) -> str:
    return (
        f"- name: {name}\n  temporalityType: {temporality}{common}  measureVariables: [{measure}]\n"
        f"  dataMapping: {{dataFile: *file, identifierColumns: [Id], {mapping}}}\n"
    )


DATES = "attributeColumns: [Start_Dato, Slutt_Dato]"
SVAR = variable(
    "SVAR", "{label: Svar, description: Svar på tilbud, unitType: *svar}", f"measureColumns: [Svar], {DATES}"
)
POENG = variable(
    "POENG", "{label: Poeng, description: Poengsum, dataType: DOUBLE}", f"measureColumns: [Poeng], {DATES}"
)
AAR = variable(
    "FODT_AAR", "{label: År, description: Fødselsår, dataType: LONG}", "measureColumns: [Aar]", temporality="FIXED"
)


def imported(*variables: str, head: str = HEAD) -> Imported:
    return FORMS[USUAL](head + "variables:\n" + "".join(variables), file="config.yaml")


def report(made: Imported, what: str) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for note in made.report:
        if note.what == what:
            found.setdefault(note.subject, []).append(note.sentence)
    return found


def test_variables_of_one_file_and_identifier_are_one_dataset_fed_by_named_columns() -> None:
    made = imported(SVAR, POENG, AAR)
    (dataset,) = made.catalogue.datasets
    assert (dataset.name, dataset.kind, dataset.person) == ("SVAR", "event", "PERSON_ID")
    assert dataset.variables == ("PERSON_ID", "SVAR", "POENG", "FODT_AAR", "SVAR_START_DATO", "SVAR_SLUTT_DATO")
    assert (dataset.key, dataset.time, dataset.until) == (
        ("PERSON_ID", "SVAR_START_DATO"), "SVAR_START_DATO", "SVAR_SLUTT_DATO",
    )  # fmt: skip
    (table,) = made.sources
    assert (table.dataset, table.source, table.delimiter) == ("SVAR", "/data/svar.csv", ";")
    assert dict(table.columns) == {
        "PERSON_ID": "Id", "SVAR": "Svar", "POENG": "Poeng", "FODT_AAR": "Aar", "SVAR_START_DATO": "Start_Dato",
        "SVAR_SLUTT_DATO": "Slutt_Dato",
    }  # fmt: skip
    types = {v.name: (v.data_type, v.nullable, v.temporality) for v in made.catalogue.variables}
    assert types == {
        "PERSON_ID": ("text", False, "FIXED"), "SVAR": ("text", True, "STATUS"), "POENG": ("number", True, "STATUS"),
        "FODT_AAR": ("integer", True, "FIXED"), "SVAR_START_DATO": ("date", False, "STATUS"),
        "SVAR_SLUTT_DATO": ("date", True, "STATUS"),
    }  # fmt: skip
    assert made.catalogue.variable("PERSON_ID").sensitivity == "identifier"


def test_what_is_written_is_read_back_and_passes_the_checks() -> None:
    made = imported(SVAR, POENG, AAR)
    assert read_catalogue(write_catalogue(made.catalogue)) == made.catalogue
    assert read_sources(write_sources(made.sources), file="sources.yaml") == made.sources
    assert [f for f in run_checks(made.catalogue) if f.severity != "note"] == []


def test_a_code_list_travels_on_an_own_unit_type_and_its_codes_keep_their_text_and_validity() -> None:
    made = imported(SVAR)
    (codes,) = made.catalogue.code_lists
    assert made.catalogue.variable("SVAR").code_list == codes.name == "SVAR_KODE"
    assert codes.codes == (
        Code(code="01", label=Text(nb="Ja", en="Ja"), valid_from=date(1900, 1, 1)),
        Code(code="NO", label=Text(nb="Nei", en="No"), valid_from=date(2020, 1, 1), valid_to=date(2021, 1, 1)),
        Code(code="99", label=Text(nb="Ukjent", en="Ukjent"), valid_from=date(1900, 1, 1)),
    )
    assert len(report(made, "changed")["SVAR_KODE"]) == 3


def test_an_explicit_value_domain_on_a_measure_is_a_code_list_of_its_own() -> None:
    measure = "{label: L, description: D, dataType: LONG, valueDomain: {description: Fri, codeList: [{code: 1, categoryTitle: En}]}}"
    made = imported(variable("TALL", measure, f"measureColumns: [Tall], {DATES}"))
    assert [(x.name, x.codes[0].code) for x in made.catalogue.code_lists] == [("TALL", "1")]
    assert made.catalogue.variable("TALL").data_type == "text"
    assert report(made, "changed")["TALL"][-1] == "Its values are text here, and not LONG."
    assert report(made, "left out")["TALL"][-1].startswith("The description of its value domain")


def test_whatever_has_no_place_is_reported() -> None:
    more = COMMON + "  dataRetrievalUrl: https://data.example.no/x\n  updatedAt: 2024-01-01\n  ukjent: 1\n"
    more += "  spatialCoverageDescription: [Norge]\n  dataRevision: {description: x, temporalEndOfSeries: false}\n"
    measure = (
        "{label: L, description: D, dataType: LONG, format: x, uriDefinition: [y], validPeriod: {start: z}, odd: 1}"
    )
    head = HEAD.replace("fileDirectory: /data/", "fileDirectory: /data/, validPeriod: {start: x}").replace(
        "unitTypes:", "- dataFile: {fileNameExt: ubrukt.csv}\nunitTypes:"
    )
    made = imported(
        variable("X", measure, f"measureColumns: [X], apiUrl: y, rart: 1, {DATES}", common=more),
        head=head + "ekstra: 1\n",
    )
    told = report(made, "left out")
    assert {sentence.partition(" ")[0] for sentence in told["X"]} == {
        "subjectFields", "dataRetrievalUrl", "updatedAt", "spatialCoverageDescription", "dataRevision", "Rows", "format",
        "uriDefinition", "validPeriod",
    }  # fmt: skip
    assert {s.partition(" ")[0] for s in told["variable X"]} == {"ukjent", "dataMapping.rart", "measureVariables.odd"}
    assert set(told["the file"]) == {
        "ekstra has no place in ours.", "projectInfo.author has no place in ours.",
        "projectInfo.datasourceId is no part of a catalogue.",
    }  # fmt: skip
    assert "The valid period of its file has no place in ours." in told["SVAR"]
    assert told["ubrukt.csv"] == ["No variable is read from it."]


LEFT_OUT = {
    "no mapping": (f"- name: A\n  temporalityType: FIXED{COMMON}  measureVariables: [{{label: L, description: D}}]\n", "It has no data file"),
    "calculated": (variable("A", "{label: L, description: D}", "measureColumns: [CALCULATED]"), "It is calculated"),
    "no measure": (variable("A", "{label: L, description: D}", "measureColumns: []"), "Its mapping names no"),
    "one unit, two columns": (
        variable("A", "{label: L, description: D}", "measureColumns: [X]").replace("[Id]", "[Id, Id2]"),
        "It has not as many identifierVariables",
    ),
    "a name twice": (variable("A", "{label: L, description: D}", "measureColumns: [X]") * 2, "Its name stands more than once"),
}  # fmt: skip


@pytest.mark.parametrize("text, why", LEFT_OUT.values(), ids=LEFT_OUT)
def test_a_variable_that_cannot_be_read_is_left_out_and_said(text: str, why: str) -> None:
    made = imported(SVAR, text)
    assert "A" not in {v.name for v in made.catalogue.variables}
    assert report(made, "left out")["A"][0].startswith(why)
    with pytest.raises(Mistake) as alone:
        imported(text)
    assert alone.value.code == "import.nothing"


def test_a_second_identifier_that_leads_to_nobody_can_be_asked_for_and_another_never_leaves() -> None:
    for unit, sensitivity in (("KOMMUNE", "quasi-identifier"), ("FAMILIE", "identifier"), ("EGEN", "identifier")):
        common = COMMON.replace("[{unitType: PERSON}]", f"[{{unitType: {unit}}}, {{unitType: PERSON}}]")
        text = variable(
            "A", "{label: L, description: D, dataType: LONG}", f"measureColumns: [X], {DATES}", common=common
        )
        made = imported(text.replace("[Id]", "[Nr, Id]"))
        (dataset,) = made.catalogue.datasets
        assert (dataset.person, dataset.key) == ("PERSON_ID", (f"{unit}_ID", "PERSON_ID", "SVAR_START_DATO"))
        assert dict(made.sources[0].columns)[f"{unit}_ID"] == "Nr"
        assert made.catalogue.variable(f"{unit}_ID").sensitivity == sensitivity
        assert [f for f in run_checks(made.catalogue) if f.severity == "stop"] == []


def test_other_dates_of_the_same_file_are_another_dataset_and_one_without_dates_a_register() -> None:
    other = POENG.replace("[Start_Dato, Slutt_Dato]", "[Dato]")
    made = imported(SVAR, other)
    assert [(d.name, d.time, d.until) for d in made.catalogue.datasets] == [
        ("SVAR", "SVAR_START_DATO", "SVAR_SLUTT_DATO"), ("SVAR_2", "SVAR_2_DATO", None),
    ]  # fmt: skip
    (register,) = imported(AAR).catalogue.datasets
    assert (register.kind, register.key, register.time) == ("register", ("PERSON_ID",), None)


def test_rows_that_the_tools_would_sum_are_asked_about() -> None:
    made = imported(POENG.replace("STATUS", "ACCUMULATED"))
    assert "Avrop sums nothing" in report(made, "question")["POENG"][0]
    summed = POENG.replace("STATUS", "ACCUMULATED").replace(
        "dataFile: *file", "dataFile: *file, measureColumnsAccumulated: True"
    )
    assert not any("sums" in s for s in report(imported(summed), "question").get("POENG", []))


def test_several_measure_columns_and_names_that_are_not_plain_get_names_and_say_so() -> None:
    made = imported(
        variable("A-B", "{label: L, description: D}, {label: M, description: E}", f"measureColumns: [X, Y], {DATES}")
    )
    assert {"A_B_X", "A_B_Y"} < {v.name for v in made.catalogue.variables}
    assert made.catalogue.variable("A_B_Y").label == Text(nb="M", en="M")
    assert "Its name is A_B here" in report(made, "changed")["A-B"][0]


def test_texts_keep_their_languages_and_missing_english_is_said() -> None:
    label = "[{languageCode: no, value: Svar}, {languageCode: en, value: Answer}, {languageCode: nn, value: Svaret}]"
    made = imported(variable("A", f"{{label: {label}, description: Bare norsk}}", f"measureColumns: [X], {DATES}"))
    found = made.catalogue.variable("A")
    assert (found.label, found.definition) == (
        Text(nb="Svar", en="Answer", nn="Svaret"),
        Text(nb="Bare norsk", en="Bare norsk"),
    )
    assert "A text has no English; the Norwegian stands in its place." in report(made, "question")["A"]
    assert made.catalogue.datasets[0].definition == Text(nb="Søkere", en="Søkere")


CATALOGUE = """
dataFiles: [{dataFile: &file {fileNameExt: a.b.parquet}}]
catalogs:
- title: Katalog
  description: Om
  publisher: {name: Eksempel IKS}
  theme: [x]
  unittypes: [{shortName: K, name: Kode, description: En kode, valueDomain: {codeList: [{code: "1", categoryTitle: En}]}}]
  datasets:
  - title: Tilbud
    description: Alle tilbud
    keyword: [y]
    variables:
"""


def test_the_form_with_catalogues_refers_to_unit_types_by_name_and_describes_datasets() -> None:
    text = variable("A", "{label: L, description: D, unitType: K}", f"measureColumns: [X], {DATES}")
    made = FORMS[USUAL](CATALOGUE + "    " + text.replace("\n", "\n    "), file="c.yaml")
    (dataset,) = made.catalogue.datasets
    assert (dataset.name, dataset.label.nb, dataset.definition.nb) == ("A_B", "Tilbud", "Alle tilbud; Søkere")
    assert (made.catalogue.name, made.catalogue.publisher) == ("Katalog", "Eksempel IKS")
    assert made.catalogue.variable("A").code_list == "K"
    assert made.sources[0].source == "a.b.parquet"
    left = report(made, "left out")
    assert left["catalogue Katalog"] == ["description has no place in ours.", "theme has no place in ours."]
    assert left["dataset Tilbud"] == ["keyword has no place in ours."]


def test_several_catalogues_at_once_are_refused() -> None:
    with pytest.raises(Mistake) as refused:
        FORMS[USUAL]("catalogs: [{title: a}, {title: b}]", file="c.yaml")
    assert refused.value.code == "import.form"


def test_merge_keys_are_carried_out_as_the_tools_do() -> None:
    merged = "- <<: *v\n  name: B\n"
    made = imported(POENG.replace("- name", "- &v\n  name"), merged)
    assert made.catalogue.variable("B").label == made.catalogue.variable("POENG").label


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("variables: [", "import.yaml"),
        ("- x", "import.form"),
        ("variables: x", "import.form"),
        ("projectInfo: [x]\nvariables: []", "import.form"),
        ("variables: []", "import.nothing"),
        ("variables: [{name: A}]", "document.unreadable"),
        ("variables: [x]", "document.unreadable"),
        (HEAD + "variables:\n" + SVAR.replace("STATUS", "NEVER"), "document.unreadable"),
        (HEAD.replace("2020-12-31", "in May") + "variables:\n" + SVAR, "document.unreadable"),
        (HEAD.replace('";"', '";;"') + "variables:\n" + SVAR, "document.unreadable"),
    ],
)
def test_what_is_no_configuration_is_a_mistake_with_its_place(text: str, code: str) -> None:
    with pytest.raises(Mistake) as refused:
        FORMS[USUAL](text, file="config.yaml")
    assert refused.value.code == code
    assert "config.yaml" in str(refused.value) or code == "import.nothing"


def test_fields_that_a_form_got_later_leave_older_digests_as_they_were() -> None:
    sealed = canonical(read_catalogue(load_pack().catalogue))
    assert b'"time":' in sealed and b'"until":' not in sealed
    assert b'"until":"SVAR_SLUTT_DATO"' in canonical(imported(SVAR).catalogue)
