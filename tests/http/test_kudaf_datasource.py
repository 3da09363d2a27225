"""KUDAF's datasource contract over HTTP: success shapes, statuses, names, and what is served beside the generation."""

import base64
import csv
import hashlib
import io
import json
from collections.abc import Iterator
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from tests import asking
from tests.http.serving import CONSUMER, FIRST, STRANGER, Served
from tests.outbound.issuing import rsa_key, signed

FIXED = ("BIRTH_DATE", "SEX")
DATED = ("ABSENCE_DAYS", "COMPLETION", "LEVEL", "PROGRAMME_AREA", "REPORTING_COUNTY")
VARIABLES = (
    *(("ENROLMENT", variable) for variable in (*FIXED, *DATED)), *(("RESULT", variable) for variable in ("FINAL_MARK", "SUBJECT")),
)  # fmt: skip


def _csv(text: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text, newline=""), strict=True))


def _status(datasource: Served, target: str) -> tuple[int, bytes, bytes]:
    """The status, head and body of a GET whose target is sent as it stands: no client tidies it up."""
    with datasource.raw(target, "Connection: close") as connection:
        whole = b"".join(iter(lambda: connection.recv(65536), b""))
    head, _, body = whole.partition(b"\r\n\r\n")
    return int(head.split()[1]), head, body


def _rows(datasource: Served, dataset: str, variable: str, *, since: str = "", before: str = "9") -> list[list[str]]:
    """The generation's rows of these columns as texts, in its order, read by Parquet's own reader."""
    columns = ["pseudonym", variable] + (["REFERENCE_DATE"] if variable not in (*FIXED, "REFERENCE_DATE") else [])
    rows = pq.read_table(datasource.generation / f"{dataset}.parquet").to_pylist()
    rows = [row for row in rows if since <= str(row["REFERENCE_DATE"]) < before]
    return [["" if row[column] is None else str(row[column]) for column in columns] for row in rows]


@pytest.mark.parametrize(("dataset", "variable"), VARIABLES)
def test_a_granted_variable_is_its_generations_rows_and_columns(
    datasource: Served, dataset: str, variable: str
) -> None:
    answer = datasource.get(f"/api/variables/{variable}")
    assert answer.status_code == 200
    header = ["pseudonym", variable, *(["REFERENCE_DATE"] if variable not in FIXED else [])]
    wanted = _rows(datasource, dataset, variable)
    assert len(wanted) > 50
    assert _csv(answer.text) == [header, *wanted]


WINDOWS = (
    ("start=2025-01-01", {"since": "2025-01-01"}),
    ("stop=2025-01-01", {"before": "2025-01-01"}),
    ("start=2024-10-01&stop=2024-10-02", {"since": "2024-10-01", "before": "2024-10-02"}),
    ("start=2024-10-02&stop=2025-10-01", {"since": "2024-10-02", "before": "2025-10-01"}),
    ("start=2025-10-01T10:00:00Z&stop=2025-10-01T11:00:00Z", {"since": "2025-10-01", "before": "2025-10-02"}),
    ("start=1900-01-01&stop=9999-12-31T23:59:59", {}),
)


@pytest.mark.parametrize(("query", "days"), WINDOWS, ids=[query for query, _ in WINDOWS])
@pytest.mark.parametrize(("dataset", "variable"), [("ENROLMENT", "LEVEL"), ("RESULT", "SUBJECT")])
def test_a_window_is_exactly_the_rows_of_its_days(
    datasource: Served, dataset: str, variable: str, query: str, days: dict[str, str]
) -> None:
    answer = datasource.get(f"/api/variables/{variable}?{query}")
    assert answer.status_code == 200
    assert _csv(answer.text)[1:] == _rows(datasource, dataset, variable, **days)
    assert _csv(answer.text)[0] == ["pseudonym", variable, "REFERENCE_DATE"]
    assert "etag" not in answer.headers
    assert answer.headers["accept-ranges"] == "none"


def test_a_window_in_which_nothing_happened_still_has_its_header(datasource: Served) -> None:
    answer = datasource.get("/api/variables/LEVEL?start=1900-01-01&stop=1901-01-01")
    assert (answer.status_code, answer.text) == (200, "pseudonym,LEVEL,REFERENCE_DATE\n")


def test_a_range_of_a_window_is_the_whole_window(datasource: Served) -> None:
    path = "/api/variables/LEVEL?start=2025-01-01"
    answer = datasource.get(path, headers={"Range": "bytes=0-3"})
    assert (answer.status_code, answer.content) == (200, datasource.get(path).content)


def test_a_name_that_stands_in_two_datasets_says_what_to_add(datasource: Served) -> None:
    refused = datasource.get("/api/variables/SCHOOL_YEAR")
    assert refused.status_code == 400
    assert "dataset=" in refused.json()["detail"]
    for dataset in ("ENROLMENT", "RESULT"):
        assert dataset in refused.json()["detail"]
        answer = datasource.get(f"/api/variables/SCHOOL_YEAR?dataset={dataset}")
        assert _csv(answer.text)[1:] == _rows(datasource, dataset, "SCHOOL_YEAR")


def test_the_day_itself_can_be_asked_for(datasource: Served) -> None:
    answer = datasource.get("/api/variables/REFERENCE_DATE?dataset=ENROLMENT&start=2025-01-01")
    assert _csv(answer.text) == [
        ["pseudonym", "REFERENCE_DATE"],
        *_rows(datasource, "ENROLMENT", "REFERENCE_DATE", since="2025-01-01"),
    ]


def test_a_success_has_the_contracts_shape_and_says_its_digest(datasource: Served) -> None:
    answer = datasource.get("/api/variables/SEX")
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert answer.headers["content-disposition"] == 'attachment; filename="VIGO_SEX.csv"'
    assert int(answer.headers["content-length"]) == len(answer.content)
    sha256 = hashlib.sha256(answer.content)
    assert answer.headers["etag"] == f'"{sha256.hexdigest()}"'
    assert answer.headers["repr-digest"] == f"sha-256=:{base64.b64encode(sha256.digest()).decode()}:"
    assert "content-encoding" not in answer.headers
    assert answer.headers["cache-control"] == "no-store"
    assert not any(name.startswith("access-control") for name in answer.headers)


def test_a_variable_is_rendered_once_and_the_same_bytes_come_again(datasource: Served) -> None:
    first = datasource.get("/api/variables/LEVEL").content
    card = datasource.renderings / "ENROLMENT.LEVEL" / "card.json"
    made = card.stat().st_mtime_ns
    assert datasource.get("/api/variables/LEVEL").content == first
    assert card.stat().st_mtime_ns == made
    assert (card.parent / "rows.csv").read_bytes() == first


def test_a_rendering_of_another_file_is_stale_and_is_made_anew(datasource: Served) -> None:
    first = datasource.get("/api/variables/COMPLETION").content
    place = datasource.renderings / "ENROLMENT.COMPLETION"
    card = json.loads((place / "card.json").read_text())
    (place / "card.json").write_text(json.dumps(card | {"source": "sha256:" + "0" * 64, "size": 3}))
    (place / "rows.csv").write_bytes(b"no\n")
    assert datasource.get("/api/variables/COMPLETION").content == first


def test_a_generations_file_that_was_changed_is_not_served(datasource: Served, tmp_path: Path) -> None:
    file = datasource.generation / "RESULT.parquet"
    whole = file.read_bytes()
    try:
        file.write_bytes(whole[:-1] + bytes([whole[-1] ^ 1]))
        place = datasource.renderings / "RESULT.SUBJECT" / "card.json"
        place.unlink(missing_ok=True)
        answer = datasource.get("/api/variables/SUBJECT")
    finally:
        file.write_bytes(whole)
    assert answer.status_code == 500
    assert answer.json() == {"detail": "A generation's file is not the one that was built."}


WITHOUT = (
    {},
    {"Authorization": "Bearer"},
    {"Authorization": "Basic dTpw"},
    {"Authorization": "Bearer not.a.token"},
    {"Authorization": "Bearerx"},
)


@pytest.mark.parametrize("headers", WITHOUT, ids=str)
@pytest.mark.parametrize("name", ["SEX", "NO_SUCH"])
def test_without_a_token_everything_is_401_alike(datasource: Served, headers: dict[str, str], name: str) -> None:
    answer = asking.get(f"{datasource.url}/api/variables/{name}", headers=headers, timeout=30)
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"] == "Bearer"
    assert set(answer.json()) == {"detail"}


HOSTILE = (
    {"iss": "https://attacker.example"}, {"aud": "https://us.example/datasources/2"}, {"aud": None}, {"exp": None}, {"nbf": 2**35},
)  # fmt: skip


@pytest.mark.parametrize("values", HOSTILE, ids=str)
def test_a_hostile_token_is_401(datasource: Served, values: dict[str, object]) -> None:
    assert datasource.get("/api/variables/SEX", token=datasource.token(**values)).status_code == 401


def _ending(datasource: Served, seconds: int) -> dict[str, object]:
    """The times of a token of five minutes that ends so many seconds from now."""
    end = int(datasource.clock.now.timestamp()) + seconds
    return {"iat": end - 300, "nbf": end - 300, "exp": end}


def test_a_token_that_only_came_too_late_is_400_and_one_with_another_fault_is_not(datasource: Served) -> None:
    late = _ending(datasource, -60)
    answer = datasource.get("/api/variables/SEX", token=datasource.token(**late))
    assert (answer.status_code, answer.json()) == (400, {"detail": "The token has expired. Get a new one."})
    for other in (
        {"aud": "x"},
        {"iss": "x"},
        {"nbf": None},
        {"iat": late["exp"]},
        {"iat": 0},
        {"exp": -1},
        {"exp": 1.5},
    ):
        assert datasource.get("/api/variables/SEX", token=datasource.token(**late | other)).status_code == 401
    assert datasource.get("/api/variables/SEX", token=datasource.token(**_ending(datasource, 60))).status_code == 200


def test_another_issuers_key_and_an_unknown_one_are_401(datasource: Served) -> None:
    values = {"iss": "https://issuer.example", "aud": "https://us.example/datasources/1", "sub": CONSUMER}
    moment = int(datasource.clock.now.timestamp())
    values |= {"iat": moment, "nbf": moment, "exp": moment + 300}  # type: ignore[dict-item]
    for token in (
        signed(values, key=rsa_key("two")),
        signed(values, header={"kid": "two"}),
        signed(values, header={"alg": "none"}),
    ):
        assert datasource.get("/api/variables/SEX", token=token).status_code == 401
    assert datasource.get("/api/variables/SEX", token=signed(values)).status_code == 200


@pytest.mark.parametrize("name", ["NATIONALITY", "SEXX", "pseudonym", "PERSON_ID", "ENROLMENT", "HOME_COUNTY"])
def test_what_is_not_permitted_is_401_whether_it_exists_or_not(datasource: Served, name: str) -> None:
    described = datasource.get(f"/api/variables/{name}")
    unknown = datasource.get("/api/variables/NO_SUCH_THING")
    assert (described.status_code, described.json()) == (unknown.status_code, unknown.json())
    assert described.status_code == 401


def test_a_subject_that_nobody_registered_is_401_for_every_variable(datasource: Served) -> None:
    token = datasource.token(STRANGER)
    for name in ("SEX", "NO_SUCH"):
        assert datasource.get(f"/api/variables/{name}", token=token).status_code == 401
    assert datasource.get(f"/api/variables/SEX?delivery={FIRST}", token=token).status_code == 401


NAMES = (
    "..", ".", "%2e%2e", "%2e%2e%2fmetadata%2fvariables", "../metadata/variables", "..%5c..%5cx", "SEX%00", "%00", "SEX/", "/SEX",
    "SEX%2f", "SEX%5c", "%5cSEX", "SEX%23", "%23SEX", "SEX%20", "%20SEX", "SEX%0a", "SEX.csv", "SEX;x", "SEX%3fx", "S%C3%89X",
    "%D0%85EX", "%EF%BC%B3EX", "%C5%BFEX", "SE%CE%A7", "SEX%E2%80%8B", "%ED%A0%80", "%FF", "CON", "NUL", "A" * 8000, "%41" * 8000, "*", "%25",
    "ENROLMENT.SEX", "served/x", "SEX%2f..%2fSEX",
)  # fmt: skip


@pytest.mark.parametrize("name", NAMES, ids=lambda name: name[:30])
def test_a_name_that_is_none_finds_nothing(datasource: Served, name: str) -> None:
    status, _, body = _status(datasource, f"/api/variables/{name}")
    assert status == 401, body
    assert set(json.loads(body)) == {"detail"}
    assert not [path for path in datasource.home.rglob("*") if path.name in ("SEX\n.csv", "x")]


@pytest.mark.parametrize("name", ["sex", "Sex", "sEX"])
def test_another_case_of_a_name_meets_the_same_policy_and_the_same_file(datasource: Served, name: str) -> None:
    answer, named = datasource.get(f"/api/variables/{name}"), datasource.get("/api/variables/SEX")
    assert (answer.status_code, answer.content) == (200, named.content)
    assert answer.headers["content-disposition"] == named.headers["content-disposition"]
    assert sorted(x.name for x in datasource.renderings.iterdir() if x.name.upper() == "ENROLMENT.SEX") == [
        "ENROLMENT.SEX"
    ]
    for other in ("nationality", "Nationality"):
        assert datasource.get(f"/api/variables/{other}").status_code == 401


def test_a_percent_encoded_letter_is_that_letter(datasource: Served) -> None:
    status, _, body = _status(datasource, "/api/variables/%53EX")
    assert (status, body) == (200, datasource.get("/api/variables/SEX").content)


BAD_WINDOWS = (
    "start=x", "stop=", "start=&stop=", "start=2025-13-01", "start=2025-01-01&stop=2025-01-01", "start=2025-02-01&stop=2025-01-01",
    "start=2025-01-01&start=2025-01-01", "stop=2025-01-01&stop=2026-01-01", "start=%00", "start=2025-01-01%0a", "start=" + "9" * 5000,
    "start=%ED%A0%80",
)  # fmt: skip


@pytest.mark.parametrize("query", BAD_WINDOWS, ids=lambda query: query[:40])
def test_a_window_that_cannot_be_read_is_400(datasource: Served, query: str) -> None:
    status, _, body = _status(datasource, f"/api/variables/SEX?{query}")
    assert status == 400, body
    assert set(json.loads(body)) == {"detail"}
    assert b"99999" not in body


@pytest.mark.parametrize("query", ["start=2025-01-01", "stop=2025-01-01T00:00:00Z", "start=1900-01-01&stop=1901-01-01"])
def test_a_window_on_a_variable_without_a_day_has_nothing_to_act_on(datasource: Served, query: str) -> None:
    for name in FIXED:
        whole = datasource.get(f"/api/variables/{name}")
        assert datasource.get(f"/api/variables/{name}?{query}").content == whole.content


def test_the_permission_is_looked_at_before_the_window(datasource: Served) -> None:
    assert datasource.get("/api/variables/NO_SUCH?start=x").status_code == 401


def test_a_delivery_or_dataset_can_be_named_and_another_one_finds_nothing(datasource: Served) -> None:
    whole = datasource.get("/api/variables/SEX").content
    assert datasource.get(f"/api/variables/SEX?delivery={FIRST}&dataset=ENROLMENT").content == whole
    assert datasource.get("/api/variables/SEX?delivery=2026-001/delivery/9").status_code == 401
    assert datasource.get("/api/variables/SEX?dataset=RESULT").status_code == 404
    assert datasource.get(f"/api/variables/SEX?delivery={FIRST}&delivery={FIRST}").status_code == 400


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "HEAD"])
def test_nothing_but_get_is_answered(datasource: Served, method: str) -> None:
    headers = {"Authorization": f"Bearer {datasource.token()}"}
    answer = asking.request(method, f"{datasource.url}/api/variables/SEX", headers=headers, timeout=30)
    assert answer.status_code == 405
    assert datasource.get("/api/variables/SEX").content not in (answer.content,)


def test_no_page_of_it_loads_anything_from_elsewhere(datasource: Served) -> None:
    for path in ("/docs", "/redoc", "/api/docs"):
        assert asking.get(f"{datasource.url}{path}", timeout=30).status_code == 404
    told = asking.get(f"{datasource.url}/api/openapi.json", timeout=30).json()
    named = {x["name"] for x in told["paths"]["/api/variables/{name}"]["get"]["parameters"]}
    assert named == {"name", "start", "stop", "delivery", "dataset"}


def test_what_is_published_is_told_to_anybody_and_says_where_each_variable_is(datasource: Served) -> None:
    answer = asking.get(f"{datasource.url}/api/metadata/variables", timeout=60)
    assert answer.status_code == 200
    told = {each["name"]: each for each in answer.json()}
    assert {variable for _, variable in VARIABLES} <= set(told)
    assert "PERSON_ID" not in told
    for name in ("SEX", "SUBJECT"):
        at = told[name]["dataRetrievalUrl"]
        assert at.startswith(datasource.url)
        assert datasource.get(at.removeprefix(datasource.url)).status_code == 200
    units = asking.get(f"{datasource.url}/api/metadata/unit-types", timeout=60)
    assert (units.status_code, bool(units.json())) == (200, True)
    named = {each["shortName"] for each in units.json()}
    measured = {x["keyType"]["name"] for each in told.values() for x in each["measureVariables"] if x.get("keyType")}
    assert measured <= named


RANGES = (
    ("bytes=0-9", 206, (0, 10)), ("bytes=5-", 206, (5, None)), ("bytes=-7", 206, (-7, None)), ("bytes=0-0", 206, (0, 1)),
    ("bytes=3-99999999999999999999999999", 206, (3, None)), ("bytes=-99999999999999999999", 206, (0, None)),
    ("BYTES=1-2", 206, (1, 3)), ("bytes=0000000000000000000000000001-2", 206, (1, 3)),
    ("bytes=-0", 416, None), ("bytes=99999999-", 416, None), ("bytes=" + "9" * 6000 + "-", 416, None),
    ("bytes=9-3", 200, (0, None)), ("bytes=-", 200, (0, None)), ("bytes=a-b", 200, (0, None)), ("bytes=1.0-2", 200, (0, None)),
    ("bytes=+1-2", 200, (0, None)), ("bytes=0-1,1-2", 200, (0, None)), ("bytes=0-1,5-6", 200, (0, None)), ("rows=0-1", 200, (0, None)),
    ("bytes=" + ",".join("0-" for _ in range(10_000)), 200, (0, None)), ("bytes= 0-1", 200, (0, None)), ("bytes=0-1,", 200, (0, None)),
)  # fmt: skip


@pytest.mark.parametrize(("value", "status", "part"), RANGES, ids=lambda x: str(x)[:30])
def test_one_range_is_that_part_and_anything_else_the_whole(
    datasource: Served, value: str, status: int, part: tuple[int, int | None] | None
) -> None:
    whole = datasource.get("/api/variables/SEX")
    answer = datasource.get("/api/variables/SEX", headers={"Range": value})
    assert answer.status_code == status
    if part is None:
        assert answer.headers["content-range"] == f"bytes */{len(whole.content)}"
        assert answer.content == b""
        return
    assert answer.content == whole.content[slice(*part)]
    assert int(answer.headers["content-length"]) == len(answer.content)
    assert answer.headers["etag"] == whole.headers["etag"]
    if status == 206:
        first = len(whole.content[: part[0]])
        assert (
            answer.headers["content-range"] == f"bytes {first}-{first + len(answer.content) - 1}/{len(whole.content)}"
        )


def test_if_range_counts_only_with_the_strong_tag_itself(datasource: Served) -> None:
    whole = datasource.get("/api/variables/SEX")
    etag = whole.headers["etag"]
    asked = {"Range": "bytes=0-3"}
    assert datasource.get("/api/variables/SEX", headers=asked | {"If-Range": etag}).content == whole.content[:4]
    for other in (f"W/{etag}", etag.strip('"'), '"x"', "Wed, 25 Nov 2026 08:00:00 GMT", f"{etag}, {etag}", "*"):
        answer = datasource.get("/api/variables/SEX", headers=asked | {"If-Range": other})
        assert (answer.status_code, answer.content) == (200, whole.content)


def test_a_download_that_was_cut_anywhere_is_taken_up_where_it_stopped(datasource: Served) -> None:
    whole = datasource.get("/api/variables/SUBJECT")
    for at in range(1, len(whole.content), max(1, len(whole.content) // 40)):
        headers = {"Range": f"bytes={at}-", "If-Range": whole.headers["etag"]}
        rest = datasource.get("/api/variables/SUBJECT", headers=headers)
        assert whole.content[:at] + rest.content == whole.content


def _every_error(datasource: Served) -> Iterator[bytes]:
    for target in ("NO_SUCH", "SEX?start=x", "SEX?dataset=NONE", "..", "%00", "SEX%27%20OR%201=1--"):
        yield _status(datasource, f"/api/variables/{target}")[2]
    yield asking.get(f"{datasource.url}/api/variables/SEX", timeout=30).content
    yield asking.get(f"{datasource.url}/no/such/path", timeout=30).content


def test_no_error_tells_a_path_a_table_a_statement_or_a_stack(datasource: Served) -> None:
    told = list(_every_error(datasource))
    assert len(told) == 8
    for body in told:
        for word in (
            b"Traceback",
            b".py",
            b"SELECT",
            b"parquet",
            b"/zone",
            str(datasource.home).encode(),
            b"ENROLMENT",
            b"psycopg",
        ):
            assert word not in body
