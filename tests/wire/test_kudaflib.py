"""W1: the unmodified upload tool, older and newer, publishes to our commons. Its exit status says nothing: what it
prints, what reached us and what we hold are what counts."""

import itertools
import json
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import httpx
import pytest

from avrop.catalogue.kudaf import unit_types, unit_types_document, variables, variables_document
from avrop.catalogue.kudaf_upload import Tool, configurations
from avrop.catalogue.publishing import AskedPoint, Publishing
from tests.cli.test_commands import AVROP, Line
from tests.cli.test_commons import publish_installed
from tests.http.commons import Commons, commons
from tests.publishing import CATALOGUE
from tests.wire import configurations as c
from tests.wire.environments import environment

pytestmark = pytest.mark.wire

TODAY = date(2026, 1, 1)
PUBLISHING = Publishing(
    name=c.PUBLISHER, description="Felles data", number="310000019",
    kind="http://purl.org/adms/publishertype/RegionalAuthority", themes=tuple(c.THEME),
    contact=AskedPoint(name="Datadeling", email="data@example.no", url="https://example.no"),
)  # fmt: skip
OLDER: Tool = "0.2.0"
NEWER: Tool = "0.3.3"
BOTH = pytest.mark.parametrize("version", [OLDER, NEWER])
EVERY_REQUEST = {
    "accept": "application/json", "content-type": "application/json", "user-agent": "kudaflib-CLI",
    "connection": "keep-alive", "accept-encoding": "gzip, deflate, br",
}  # fmt: skip
DATA_URL = "https://data.example.no/api/variables/"


@pytest.fixture(scope="module")
def running(fresh_database: Callable[[str], str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Commons]:
    with commons(tmp_path_factory.mktemp("commons"), fresh_database("commons")) as made:
        yield made


@pytest.fixture
def place(running: Commons) -> Commons:
    running.empty()
    return running


@dataclass(frozen=True, kw_only=True)
class Upload:
    """One version of the tool with a key to a commons."""

    version: Tool
    place: Commons
    key: str
    folder: Path

    def __call__(self, text: str, *, key: str | None = None) -> str:
        """Upload a configuration; what the tool printed."""
        return upload_to(self.place.url, text, version=self.version, key=key or self.key, folder=self.folder)


def upload_to(url: str, text: str, *, version: Tool, key: str, folder: Path) -> str:
    """Run the tool in that folder; what it printed."""
    (folder / "config.yaml").write_text(text)
    (folder / "out").mkdir(exist_ok=True)
    done = subprocess.run(
        [str(tool(version) / "bin" / "kudaf-generate"), "upload", "--config-yaml-path", "config.yaml",
         "--output-metadata-dir", "out", "--target-environment", "DEV", "--api-key", key],
        capture_output=True, text=True, check=False, cwd=folder,
        env={"PATH": "/usr/bin:/bin", "COLUMNS": "400", "PYTHONUTF8": "1", "HOME": str(folder),
             "KUDAF_METADATA_BACKEND_BASE_URLS": json.dumps({"DEV": url})},
    )  # fmt: skip
    assert done.stderr == ""
    return done.stdout


def tool(version: Tool) -> Path:
    """Its environment."""
    python = "3.11" if version == OLDER else "3.10"
    requirements = (f"kudaflib=={version}", "click==8.1.7")
    return environment(f"kudaflib-{version}", python, requirements, or_newer=version == NEWER)


@pytest.fixture
def uploads(place: Commons, tmp_path: Path) -> Callable[..., Upload]:
    """Makes an upload for a version, by a publisher."""
    count = itertools.count()

    def make(version: Tool, publisher: str = c.PUBLISHER, organisation: str = "ours") -> Upload:
        folder = tmp_path / str(next(count))
        folder.mkdir()
        return Upload(version=version, place=place, key=place.key(publisher, organisation), folder=folder)

    return make


def succeeded(told: str) -> bool:
    """Whether the tool's last line says so."""
    return "Success!" in told.strip().splitlines()[-1]


def get(place: Commons, path: str) -> Any:
    """What anybody reads, past the record."""
    answer = httpx.get(f"{place.url}{path}", timeout=60)
    assert answer.status_code == 200
    place.requests.pop()
    return answer.json()


def expected(version: Tool, *, datasets: list[tuple[str, int]], unit_types: int, fresh: bool) -> list[str]:
    """The contract's sequence for one catalogue of number 1: each dataset is an id and how many variables it has."""
    posts = fresh
    found = ["GET /api/v1/catalogs/", *(["POST /api/v1/catalogs/"] if posts else []), "GET /api/v1/unittypes/catalog/1"]
    found += ["POST /api/v1/unittypes/"] * (unit_types if posts else 0) + ["GET /api/v1/unittypes/catalog/1"]
    for named, count in datasets:
        found += ["GET /api/v1/datasets/", *(["POST /api/v1/datasets/"] if posts else [])]
        look, post = (
            f"GET /api/v1/datasets/{named}?include_variables=true",
            ["POST /api/v1/variables/"] if posts else [],
        )
        found += [look, *post] * count if version == OLDER else [look, *post * count]
    return found


@BOTH
def test_a_small_configuration_is_published_by_the_contracts_sequence(
    uploads: Callable[..., Upload], version: Tool
) -> None:
    upload, write = uploads(version), c.Writer(version)
    text = write.text(write.catalogue(write.dataset(*c.VARIABLES)))
    told = upload(text)
    assert succeeded(told), told
    requests = list(upload.place.requests)
    assert len(requests) == (11 if version == OLDER else 10)
    sequence = upload.place.sequence()
    assert sequence == expected(version, datasets=[(c.DATASET_ID, 2)], unit_types=1, fresh=True)
    for request in requests:
        assert EVERY_REQUEST.items() <= request.headers.items()
        authorised = request.headers.get("authorization")
        assert authorised == (f"API-Key {upload.key}" if request.method == "POST" else None)
    assert upload.place.stored() == [1, 1, 1, 2]


@BOTH
def test_a_second_run_posts_nothing(uploads: Callable[..., Upload], version: Tool) -> None:
    upload, write = uploads(version), c.Writer(version)
    text = write.text(write.catalogue(write.dataset(*c.VARIABLES)))
    assert succeeded(upload(text))
    upload.place.sequence()
    told = upload(text)
    assert succeeded(told), told
    assert told.count("already exists") == 5
    assert "CREATED" not in told
    sequence = upload.place.sequence()
    assert len(sequence) == (6 if version == OLDER else 5)
    assert sequence == expected(version, datasets=[(c.DATASET_ID, 2)], unit_types=1, fresh=False)
    assert upload.place.stored() == [1, 1, 1, 2]


@BOTH
def test_code_lists_arrive_as_own_unit_types_and_measures_link_to_them(
    uploads: Callable[..., Upload], version: Tool
) -> None:
    upload, write = uploads(version), c.Writer(version)
    assert succeeded(upload(write.text(write.catalogue(write.dataset(*c.VARIABLES)))))
    (unit,) = get(upload.place, "api/v1/unittypes/catalog/1")["catalog_unit_types"]
    codes = [(code["code"], code["categoryTitle"][0]["value"]) for code in unit["valueDomain"]["codeList"]]
    assert codes == [("J", "Ja"), ("N", "Nei")]
    _, svar = get(upload.place, f"api/v1/datasets/{c.DATASET_ID}?include_variables=true")["variables"]
    assert svar["measureVariables"][0]["keyType"]["name"] == "TEST_SVAR"
    assert svar["measureVariables"][0]["representedVariables"][0]["valueDomain"] == unit["valueDomain"]


@BOTH
def test_our_catalogue_is_published_from_our_configurations(uploads: Callable[..., Upload], version: Tool) -> None:
    """Every variable and every code list of the installed pack; the commons then tells what we tell ourselves."""
    upload = uploads(version)
    files = configurations(CATALOGUE, PUBLISHING, tool=version, on=TODAY, data_url=DATA_URL)
    assert len(files) == (1 if version == OLDER else len(CATALOGUE.datasets))
    seen: list[str] = []
    for text in files.values():
        told = upload(text)
        assert succeeded(told), told
        seen += upload.place.sequence()
    counts = [(f"{CATALOGUE.name}.{d.name}", len(variables(CATALOGUE, d, on=TODAY))) for d in CATALOGUE.datasets]
    if version == OLDER:
        assert seen == expected(version, datasets=counts, unit_types=len(unit_types(CATALOGUE, on=TODAY)), fresh=True)
    assert sum(line == "POST /api/v1/variables/" for line in seen) == sum(count for _, count in counts)
    assert sum(line == "POST /api/v1/datasets/" for line in seen) == len(CATALOGUE.datasets)
    assert sum(line == "POST /api/v1/unittypes/" for line in seen) == len(unit_types(CATALOGUE, on=TODAY))
    for text in files.values():
        assert succeeded(upload(text))
    assert not [line for line in upload.place.sequence() if line.startswith("POST")]
    told_units = {u["shortName"]: u for u in get(upload.place, "api/metadata/unit-types")}
    assert told_units == {u["shortName"]: u for u in unit_types_document(CATALOGUE, on=TODAY)}
    _same_variables(get(upload.place, "api/metadata/variables"), version)


def _same_variables(found: list[Any], version: Tool) -> None:
    """Alike but for what the tool does not carry: domains that are no code list, other languages of some texts, and, in
    the older version, where the data are."""
    own = variables_document(CATALOGUE, on=TODAY, data_url=DATA_URL if version == NEWER else None)
    by_name = {each["name"]: each for each in own}
    assert [each["name"] for each in found] == [each["name"] for each in own]
    for each in found:
        mine = by_name[each["name"]]
        (got,), (want,) = each["measureVariables"], mine["measureVariables"]
        if "keyType" not in want:
            del got["representedVariables"][0]["valueDomain"], want["representedVariables"][0]["valueDomain"]
        mine["populationDescription"] = mine["populationDescription"][:1]
        mine["subjectFields"] = [subject[:1] for subject in mine["subjectFields"]]
        assert each == mine


@BOTH
def test_a_wrong_key_is_told_in_our_words_and_stores_nothing(uploads: Callable[..., Upload], version: Tool) -> None:
    upload, write = uploads(version), c.Writer(version)
    told = upload(write.text(write.catalogue(write.dataset(*c.VARIABLES))), key="wrong.key")
    assert "The API key is not valid. Ask the commons for one." in told
    assert "401" in told
    assert not succeeded(told)
    assert upload.place.stored() == [0, 0, 0, 0]


@BOTH
def test_a_variable_of_an_unknown_unit_type_is_missing_from_our_list(
    uploads: Callable[..., Upload], version: Tool
) -> None:
    upload, write = uploads(version), c.Writer(version)
    unknown = (c.variable("TEST_UKJENT", unit_type="FINNES_IKKE"), c.variable("TEST_FREMMED", identifier="FINNES_IKKE"))
    told = upload(write.text(write.catalogue(write.dataset(*c.VARIABLES, *unknown))))
    assert succeeded(told), told
    listed = get(upload.place, f"api/v1/datasets/{c.DATASET_ID}?include_variables=true")["variables"]
    assert [each["name"] for each in listed] == ["TEST_POENG", "TEST_SVAR_STATUS"]


@BOTH
def test_another_publishers_title_is_neither_overwritten_nor_added_to(
    uploads: Callable[..., Upload], version: Tool
) -> None:
    first, write = uploads(version), c.Writer(version)
    assert succeeded(first(write.text(write.catalogue(write.dataset(*c.VARIABLES)))))
    before = [
        get(first.place, path)
        for path in ("api/v1/catalogs/", "api/v1/datasets/", "api/metadata/variables", "api/metadata/unit-types")
    ]
    second, name = uploads(version, "En annen IKS", "theirs"), "En annen IKS"
    strange = {**c.CODES, "shortName": "TEST_ANNET"}
    same = write.catalogue(write.dataset(c.variable("TEST_NY"), publisher=name), publisher=name, unit_types=(strange,))
    told = second(write.text(same))
    assert "another publisher's" in told
    assert not succeeded(told)
    own = write.catalogue(
        write.dataset(c.variable("TEST_NY"), publisher=name, identifier=c.OTHER_ID), title="Egen", publisher=name
    )
    told = second(write.text(own))
    assert "another publisher's" in told
    assert not succeeded(told)
    after = [
        get(first.place, path)
        for path in ("api/v1/catalogs/", "api/v1/datasets/", "api/metadata/variables", "api/metadata/unit-types")
    ]
    assert after[0][:1] == before[0]
    assert after[1:3] == before[1:3]
    assert after[3][:1] == before[3]


def test_two_datasets_in_one_file_of_the_newer_tool_are_doubted_and_healed_by_one_file_each(
    uploads: Callable[..., Upload],
) -> None:
    """The second dataset's variables arrive in the first: ours marks them, and says so where the tool shows it."""
    upload, write = uploads(NEWER), c.Writer(NEWER)
    hours, days = c.variable("ELEV_TIMER", subject="Fravær"), c.variable("ELEV_DAGER", subject="Fravær")
    second = write.dataset(hours, days, title="Fravær", identifier=c.OTHER_ID)
    told = upload(write.text(write.catalogue(write.dataset(*c.VARIABLES), second)))
    assert "ELEV_TIMER was stored, but neither its name nor its subjects" in told
    assert not succeeded(told)
    assert upload.place.sequence().count("POST /api/v1/datasets/") == 1
    marked = _marked(upload.place, c.DATASET_ID)
    assert marked == {"TEST_POENG": False, "TEST_SVAR_STATUS": False, "ELEV_TIMER": True}
    told = upload(write.text(write.catalogue(second)))
    assert succeeded(told), told
    (home,) = [each["id"] for each in get(upload.place, "api/v1/datasets/") if each["name"] == "Fravær"]
    assert _marked(upload.place, c.DATASET_ID) == {"TEST_POENG": False, "TEST_SVAR_STATUS": False}
    assert _marked(upload.place, home) == {"ELEV_TIMER": False, "ELEV_DAGER": False}
    upload.place.sequence()
    told = upload(write.text(write.catalogue(write.dataset(*c.VARIABLES), second)))
    assert succeeded(told), told
    assert not [line for line in upload.place.sequence() if line.startswith("POST")]


def test_two_datasets_in_one_file_of_the_older_tool_stay_apart(uploads: Callable[..., Upload]) -> None:
    upload, write = uploads(OLDER), c.Writer(OLDER)
    second = write.dataset(c.variable("ELEV_TIMER", subject="Fravær"), title="Fravær", identifier=c.OTHER_ID)
    told = upload(write.text(write.catalogue(write.dataset(*c.VARIABLES), second)))
    assert succeeded(told), told
    (home,) = [each["id"] for each in get(upload.place, "api/v1/datasets/") if each["name"] == "Fravær"]
    assert _marked(upload.place, home) == {"ELEV_TIMER": False}


def test_two_catalogues_of_two_publishers_in_one_file_are_refused_where_the_tool_shows_it(
    uploads: Callable[..., Upload],
) -> None:
    """The second catalogue's dataset arrives in the first catalogue."""
    upload, write, other = uploads(OLDER), c.Writer(OLDER), "En annen IKS"
    second = write.dataset(
        c.variable("ELEV_TIMER", subject="Fravær"), title="Fravær", publisher=other, identifier=c.OTHER_ID
    )
    told = upload(
        write.text(
            write.catalogue(write.dataset(*c.VARIABLES)),
            write.catalogue(second, title="Den andre katalogen", publisher=other),
        )
    )
    assert "names another publisher than the catalogue Testkatalog" in told
    assert "Upload each catalogue from a file of its own" in told
    assert not succeeded(told)
    assert upload.place.stored() == [1, 1, 1, 2]
    upload.place.sequence()
    theirs = uploads(OLDER, other, "theirs")
    told = theirs(write.text(write.catalogue(second, title="Den andre katalogen", publisher=other)))
    assert succeeded(told), told
    assert [each["catalog_id"] for each in get(theirs.place, "api/v1/datasets/")] == [1, 2]


def test_a_dataset_whose_identifier_is_an_address_is_published(uploads: Callable[..., Upload]) -> None:
    upload, write, named = uploads(NEWER), c.Writer(NEWER), "https://data.example.no/datasets/1"
    text = write.text(write.catalogue(write.dataset(*c.VARIABLES, identifier=named)))
    assert succeeded(upload(text))
    assert upload.place.sequence() == expected(NEWER, datasets=[(named, 2)], unit_types=1, fresh=True)
    assert succeeded(upload(text))
    assert not [line for line in upload.place.sequence() if line.startswith("POST")]


@BOTH
def test_a_commons_of_a_thousand_catalogues_is_read_in_time(uploads: Callable[..., Upload], version: Tool) -> None:
    """The tool gives up after five seconds, and then has no list to read."""
    upload, write = uploads(version), c.Writer(version)
    upload.place.fill(1000)
    told = upload(write.text(write.catalogue(write.dataset(*c.VARIABLES))))
    assert succeeded(told), told
    assert upload.place.sequence()[:2] == ["GET /api/v1/catalogs/", "POST /api/v1/catalogs/"]


@BOTH
def test_a_catalogue_goes_from_a_provider_to_a_commons_by_commands_alone(
    fresh_database: Callable[[str], str], tmp_path: Path, version: Tool
) -> None:
    """Configurations and a key by `avrop publish`, `avrop serve` in a process of its own, and the tool."""
    provider = Line(tmp_path / "provider", "provider", fresh_database("provider"))
    place = Line(tmp_path / "commons", "commons", fresh_database("commons"))
    for line, name in ((provider, "provider"), (place, "commons")):
        line.folder.mkdir()
        line.ok("account", "enrol", f"op@{name}", "--organisation", name, "--roles", "operator")
    publish_installed(provider, "op@provider")
    provider.ok("publish", "commons", "upload", "--publisher", "publisher.yaml", "--tool", version)
    words = ("ours", "--publisher", c.PUBLISHER, "--as", "op@commons", "--json")
    key = json.loads(place.ok("publish", "key", "issue", *words))["key"]
    with _served(place) as url:
        for path in sorted((provider.folder / "upload").iterdir()):
            told = upload_to(url, path.read_text(), version=version, key=key, folder=tmp_path)
            assert succeeded(told), told
        listed = httpx.get(f"{url}api/metadata/variables", timeout=60).json()
    described = [v.name for d in CATALOGUE.datasets for v in variables(CATALOGUE, d, on=TODAY)]
    assert sorted(each["name"] for each in listed) == sorted(described)


@contextmanager
def _served(line: Line) -> Iterator[str]:
    """`avrop serve` with the catalogue face, as a demo on a free port."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    url = f"http://127.0.0.1:{port}/"
    (line.folder / "avrop.toml").write_text(f'[serve]\nfaces = ["catalogue"]\nport = {port}\npublic_url = "{url}"\n')
    environment = {**line.environment, "AVROP_DEMO": "1", "AVROP_CONFIG": "avrop.toml"}
    with (line.folder / "log.txt").open("w") as log:
        server = subprocess.Popen([*AVROP, "serve"], env=environment, cwd=line.folder, stdout=log, stderr=log)
    try:
        while not _answers(url):
            assert server.poll() is None, (line.folder / "log.txt").read_text()
            time.sleep(0.1)
        yield url
    finally:
        server.terminate()
        server.wait(60)


def _answers(url: str) -> bool:
    try:
        return httpx.get(f"{url}health", timeout=10).status_code == 200
    except httpx.TransportError:
        return False


def _marked(place: Commons, dataset: str) -> dict[str, bool]:
    listed = get(place, f"api/v1/datasets/{dataset}?include_variables=true")["variables"]
    return {each["name"]: bool(each["remarks"]) for each in listed}
