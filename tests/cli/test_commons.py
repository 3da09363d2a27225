"""Publishing to a data commons by commands alone: its keys, and the configurations for its upload tool."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

from avrop.packs import load_pack
from tests.cli.test_commands import Line
from tests.publishing import CATALOGUE

pytestmark = pytest.mark.slow

PUBLISHER = """
name: Eksempel IKS
description: Felles data
number: 310000019
kind: http://purl.org/adms/publishertype/RegionalAuthority
contact: {name: Datadeling, email: data@example.no, url: "https://example.no"}
themes: ["http://publications.europa.eu/resource/authority/data-theme/EDUC"]
"""


@pytest.fixture(scope="module")
def line(fresh_database: Callable[[str], str], tmp_path_factory: pytest.TempPathFactory) -> Line:
    made = Line(tmp_path_factory.mktemp("commons"), "commons", fresh_database("commons"))
    for person, organisation, role in (("op@commons", "commons", "operator"), ("op@other", "other", "operator")):
        made.ok("account", "enrol", person, "--organisation", organisation, "--roles", role)
    return made


def test_a_key_is_shown_once_listed_by_name_and_withdrawn(line: Line) -> None:
    words = ("publish", "key", "issue", "ours", "--publisher", "Eksempel IKS", "--as", "op@commons", "--json")
    name, _, secret = json.loads(line.ok(*words))["key"].partition(".")
    listed = line.ok("publish", "key", "list", "--as", "op@commons")
    assert f"\n{name}\tours\tEksempel IKS\top@commons" in listed
    assert secret not in listed
    line.ok("publish", "key", "withdraw", name, "--as", "op@commons")
    assert "[commons.key_missing]" in line.no(5, "publish", "key", "withdraw", name, "--as", "op@commons")
    (row,) = json.loads(line.ok("publish", "key", "list", "--as", "op@commons", "--json"))
    assert row["withdrawn"]


def test_an_operator_of_another_organisation_handles_no_key(line: Line) -> None:
    words = ("publish", "key", "issue", "ours", "--publisher", "Eksempel IKS", "--as", "op@other")
    assert "[commons.operator]" in line.no(3, *words)


def test_without_a_published_catalogue_there_is_nothing_to_upload(line: Line) -> None:
    (line.folder / "p.yaml").write_text(PUBLISHER)
    assert "[load.no_catalogue]" in line.no(2, "publish", "commons", "out", "--publisher", "p.yaml")
    (line.folder / "bad.yaml").write_text("name: x\n")
    assert "[document.unreadable]" in line.no(2, "publish", "commons", "out", "--publisher", "bad.yaml")


def publish_installed(line: Line, operator: str) -> None:
    """The installed pack's catalogue, published by commands, with the publisher's file beside it."""
    pack = load_pack()
    for name, text in (("policy", pack.policy), ("rule", pack.rule), ("publisher", PUBLISHER)):
        (line.folder / f"{name}.yaml").write_text(text)
    key = line.ok("keys", "make", "signing", "provider").split()[-1]
    line.ok(
        "account", "sign-agreement", "--provider", f"{operator.split('@')[1]}:The provider:{key}",
        "--receiver", f"r:The receiver:{key}", "--policy", "policy.yaml", "--rule", "rule.yaml", "--purpose", "statistics",
        "--as", operator,
    )  # fmt: skip
    line.ok("publish", "catalogue", "--as", operator)


@pytest.fixture(scope="module")
def published(line: Line) -> Path:
    """A published catalogue written as configurations of both versions, with where its data are."""
    publish_installed(line, "op@commons")
    for tool in ("0.2.0", "0.3.3"):
        words = (
            "--publisher",
            "publisher.yaml",
            "--tool",
            tool,
            "--data-url",
            "https://data.example.no/api/variables/",
        )
        line.ok("publish", "commons", tool, *words)
    return line.folder


def test_the_older_tool_gets_one_file_and_the_newer_one_per_dataset(published: Path) -> None:
    assert [path.name for path in (published / "0.2.0").iterdir()] == [f"{CATALOGUE.name}.yaml"]
    assert sorted(path.name for path in (published / "0.3.3").iterdir()) == sorted(
        f"{CATALOGUE.name}-{dataset.name}.yaml" for dataset in CATALOGUE.datasets
    )


@pytest.mark.parametrize("tool", ["0.2.0", "0.3.3"])
def test_every_text_is_the_same_for_another_reader_of_yaml(published: Path, tool: str) -> None:
    """Codes keep their leading zeros, dates and `no` stay texts."""
    found = [yaml.safe_load(path.read_text()) for path in sorted((published / tool).iterdir())]
    units = {u["shortName"]: u for each in found for u in each["catalogs"][0]["unittypes"]}
    variables = [v for each in found for d in each["catalogs"][0]["datasets"] for v in d["variables"]]
    for code_list in CATALOGUE.code_lists:
        unit = units.get(f"{CATALOGUE.name}_{code_list.name}".upper())
        if unit is not None:
            listed = [(c["code"], c["categoryTitle"][0]) for c in unit["valueDomain"]["codeList"]]
            assert listed == [(c.code, {"languageCode": "no", "value": c.label.nb}) for c in code_list.codes]
            assert unit["valueDomain"]["codeList"][0]["validFrom"] == code_list.codes[0].valid_from.isoformat()
    linked = {m["unitType"] for v in variables for m in v["measureVariables"] if "unitType" in m}
    assert linked == set(units)
    assert all(isinstance(text, str) for text in _scalars(found))
    assert len(variables) == len({v["name"] for v in variables}) > 20


def test_each_version_gets_the_shapes_that_it_reads(published: Path) -> None:
    older = yaml.safe_load((published / "0.2.0" / f"{CATALOGUE.name}.yaml").read_text())["catalogs"][0]
    newer = yaml.safe_load(next((published / "0.3.3").iterdir()).read_text())["catalogs"][0]
    contact = {"fullname": "Datadeling", "mbox": "data@example.no", "landingPage": "https://example.no"}
    assert older["publisher"]["contactPoint"] == contact
    assert all(each["contactPoint"] == [contact] for each in older["datasets"])
    assert "contactPoint" not in newer["publisher"]
    assert {each["contactPoint"]["identifier"] for each in newer["datasets"]} == {"https://example.no"}
    assert older["publisher"]["identifier"] == newer["publisher"]["identifier"] == "310000019"
    (name, url), *_ = [(v["name"], v["dataRetrievalUrl"]) for v in newer["datasets"][0]["variables"]]
    assert url == f"https://data.example.no/api/variables/{name}"
    assert not any("dataRetrievalUrl" in v for each in older["datasets"] for v in each["variables"])


def _scalars(value: object) -> list[object]:
    if isinstance(value, dict):
        return [leaf for each in value.values() for leaf in _scalars(each)]
    if isinstance(value, list):
        return [leaf for each in value for leaf in _scalars(each)]
    return [value]
