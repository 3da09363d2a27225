"""Every id and every count that the story prints is read back from the databases and from the files it made."""

import ast
import json
import os
import re
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

import avrop.demo
from avrop.demo.story import STEPS
from tests.story.readback import Account, rows_of
from tests.story.telling import Told

REF = "2026-001"
FIRST, SECOND = f"{REF}/delivery/1", f"{REF}/delivery/2"


@pytest.fixture(scope="module")
def account(told: Told) -> Account:
    return told.account()


def test_ten_steps_are_told_in_order_and_the_last_line_says_where_to_look(told: Told) -> None:
    story, _, summary = told.text.partition("\n   Summary")
    headings = re.findall(r"^(\d+)\. (.+)$", story, flags=re.MULTILINE)
    assert headings == [(str(number), title) for number, (title, _) in enumerate(STEPS, start=1)]
    assert len(headings) == 10
    assert re.findall(r"^     (\d+)\. .* \| \d+\.\d$", summary, flags=re.MULTILINE) == [str(x) for x in range(1, 11)]
    assert told.lines[-1].startswith("Where to look next: ")


def test_every_fact_is_read_back(told: Told, account: Account) -> None:
    read = {
        **_agreed(account), **_loaded(told, account), **_asked(account), **_decided(account),
        **_disclosed(told, account, 1), **_disclosed(told, account, 2), **_received(told, account),
    }  # fmt: skip
    assert dict(told.facts) == read


def _agreed(account: Account) -> dict[str, Any]:
    adhered = {event["controller"] for event in account.events("ControllerAdhered")}
    measurable = {event["controller"] for event in account.events("MeasuringInstructed")}
    (published,) = account.events("CataloguePublished")
    catalogue = account.documents[published["catalogue"]]
    assert published["variables"] == len(catalogue["variables"])
    return {
        "controllers": len(adhered),
        "measurable": len(measurable),
        "variables": len(catalogue["variables"]),
        "catalogue": published["catalogue"],
        "held checkpoint": account.tables["checkpoints"][0]["size"],
        "announced": len(account.announced),
    }


def _loaded(told: Told, account: Account) -> dict[str, Any]:
    (snapshot,) = account.tables["snapshots"]
    (loaded,) = account.events("SnapshotLoaded")
    assert loaded["snapshot"] == snapshot["digest"]
    rows: Counter[str] = Counter()
    for file in account.documents[snapshot["digest"]]["files"]:
        path = told.home / "provider" / "zone" / snapshot["folder"] / file["name"]
        rows[f"rows of {file['dataset']}"] += pq.read_metadata(path).num_rows
    assert loaded["rows"] == sum(rows.values())
    return {"snapshot": snapshot["digest"], **rows}


def _asked(account: Account) -> dict[str, Any]:
    first, narrowed = account.events("CallOffSubmitted", under=REF)
    checked = account.events("FindingsRecorded", under=REF)
    assert [x["version"] for x in checked] == [first["version"], narrowed["version"]]
    (reference,) = {account.documents[x["version"]]["reference"] for x in (first, narrowed)}
    found = [len(account.documents[x["findings"]]) for x in checked]
    assert found == [x["stops"] + x["questions"] + x["notes"] for x in checked]
    measured = account.events("ExposureMeasured", under=REF)[-1]
    return {
        "call-off": reference,
        "first version": first["version"],
        "narrowed version": narrowed["version"],
        "asked variables": len(account.documents[first["version"]]["variables"]),
        "findings on version 1": found[0],
        "findings on version 2": found[1],
        "measured controllers": len(measured["controller_views"]),
    }


def _decided(account: Account) -> dict[str, Any]:
    """As it stood before the revocation, by the log; and the plan as the decision was sealed to it."""
    answers = Counter(event["outcome"] for event in account.events("ControllerDecided", under=REF))
    answers["lapsed"] += len(account.events("ControllerLapsed", under=REF))
    (sealed,) = (event["slice_plan"] for event in account.events("ControllerDecided", under=f"{REF}/03"))
    assert account.documents[sealed]["controller"] == "03"
    return {"slice plan of 03": sealed, **{f"controllers {name}": count for name, count in answers.items()}}


def _disclosed(told: Told, account: Account, number: int) -> dict[str, Any]:
    case = f"{REF}/delivery/{number}"
    (signed,) = account.events("ManifestSigned", under=case)
    (row,) = (x for x in account.tables["generations"] if x["delivery"] == case)
    assert row["manifest"] == signed["manifest"]
    folder = told.home / "provider" / "zone" / row["folder"]
    rows = {path.stem: pq.read_metadata(path).num_rows for path in folder.glob("*.parquet")}
    manifest = account.body(signed["manifest"])
    assert {file["table"]: file["rows"] for file in manifest["files"]} == rows
    assert sum(rows.values()) == signed["rows"]
    return {
        f"manifest {number}": signed["manifest"],
        f"slices of generation {number}": len(manifest["slices"]),
        **{f"rows of {table} in generation {number}": count for table, count in rows.items()},
    }


def _received(told: Told, account: Account) -> dict[str, Any]:
    receipts = [account.events("ReceiptAccepted", under=case)[0]["receipt"] for case in (FIRST, SECOND)]
    assert [row["receipt"] for row in account.packages] == receipts
    assert account.events("DeletionConfirmed", under=FIRST)[0]["manifest"] == account.packages[0]["manifest"]
    states = {row["case_id"]: row["state"] for row in account.tables["cases"]}
    (pushed,) = account.tables["pushes"]
    assert (pushed["delivery"], pushed["state"]) == (FIRST, "receipted")
    manifest = account.body(account.events("ManifestSigned", under=FIRST)[0]["manifest"])
    (revoked,) = (x for x in account.log if x["event"]["type"] == "SliceRevoked")
    return {
        "receipt": receipts[0],
        "package": pushed["package"],
        "sealing key": pushed["sealing_key"],
        "pulled": sum(f["rows"] for f in manifest["files"] if "COMPLETION" in {c["name"] for c in f["columns"]}),
        "pull after revocation": 401 if account.events("GenerationClosed", under=FIRST) else 200,
        "second receipt": receipts[1],
        "packages": sum(row["received_at"] <= account.accepted_at(FIRST) for row in account.packages),
        "revoked": revoked["case"].rsplit("/", 1)[-1],
        "deleted": states[FIRST],
        "timeline": sum(x["case"] == REF or x["case"].startswith(f"{REF}/") for x in account.log),
        "entries": len(account.log),
        "watched by": " and ".join(account.countersigned),
        "countersigned": min(rows[-1]["size"] for rows in account.countersigned.values()),
        "faults": len(_verify(told, "bundle")["faults"]),
        "tampered found": int(_verify(told, "bundle-with-one-byte-changed")["sound"] is False),
    }


def _verify(told: Told, name: str) -> dict[str, Any]:
    """From the command line, in a process that knows nothing but the folder, the keys and an old checkpoint."""
    held = told.home / "controllers"
    done = subprocess.run(
        [sys.executable, "-m", "avrop.verifier", str(told.home / name), "--json", "--keys",
         str(held / "public-keys.json"), "--checkpoint", str(held / "old-checkpoint.txt")],
        capture_output=True, text=True, check=False, env={}, cwd="/",
    )  # fmt: skip
    report: dict[str, Any] = json.loads(done.stdout)
    assert done.returncode == (0 if report["sound"] else 1)
    return report


def test_a_witness_signs_the_very_checkpoint_that_the_provider_signed(told: Told) -> None:
    for code, rows in told.account().countersigned.items():
        signers = [line.split(" ")[1] for line in rows[-1]["note"].split("\n") if line.startswith("— ")]
        assert signers[0] == "avrop/novari"
        assert signers[-1] == f"avrop/{code}"


def test_every_fact_sentence_stands_in_the_text_with_its_value(told: Told) -> None:
    folder = Path(avrop.demo.__path__[0])
    calls = [
        node
        for path in sorted(folder.glob("*.py"))
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "fact"
    ]
    printed = set()
    for call in calls:
        name, sentence = (_pattern(call.args[place]) for place in (0, 2))
        found = [
            (key, line)
            for key, value in told.facts.items()
            for line in told.lines
            if re.fullmatch(name, key) and re.fullmatch(sentence.replace(r"\{\}", re.escape(str(value))), line)
        ]
        assert found, ast.unparse(call)
        printed |= {line for _, line in found}
    shown = {number for line in printed for number in re.findall(r"sha256:[0-9a-f]{64}", line)}
    assert shown == {value for value in told.facts.values() if str(value).startswith("sha256:")}


def _pattern(part: ast.expr) -> str:
    """The regular expression of a text in the source, formatted or not."""
    if isinstance(part, ast.JoinedStr):
        return "".join(_pattern(x) for x in part.values)
    return re.escape(str(part.value)) if isinstance(part, ast.Constant) else ".+"


def test_every_digest_printed_whole_is_a_fact_and_every_short_one_begins_one_that_is_kept(
    told: Told, account: Account
) -> None:
    assert set(re.findall(r"sha256:[0-9a-f]{64}", told.text)) <= set(told.facts.values())
    kept = account.digests() | {file["digest"] for number in (1, 2) for file in _files(account, number)}
    short = re.findall(r"sha256:([0-9a-f]{1,63})…", told.text) + re.findall(r"\b([0-9a-f]{12})\b", told.text)
    assert len(short) > 20
    for part in short:
        assert any(digest.startswith(f"sha256:{part}") for digest in kept), part


def _files(account: Account, number: int) -> list[dict[str, Any]]:
    (signed,) = account.events("ManifestSigned", under=f"{REF}/delivery/{number}")
    files: list[dict[str, Any]] = account.body(signed["manifest"])["files"]
    return files


def test_the_tables_that_it_prints_are_what_the_account_holds(told: Told, account: Account) -> None:
    def cells(title: str) -> list[list[str]]:
        lines = told.text.split("\n")
        rows = []
        for line in lines[lines.index(f"   {title}") + 1 :]:
            if not line.startswith("     "):
                break
            rows.append(line.strip().split(" | "))
        return rows

    for number, checked in enumerate(account.events("FindingsRecorded", under=REF), start=1):
        found = account.documents[checked["findings"]]
        shown = [[x["severity"], x["check"], x["subject"], x["sentence"]] for x in found]
        assert cells(f"Findings on version {number}") == shown
    for number in (1, 2):
        files = [[x["name"], str(x["rows"]), str(x["size"]), x["digest"][:23] + "…"] for x in _files(account, number)]
        assert cells(f"Generation {number}") == files
    before, after = (account.documents[x["requester_view"]]["lines"] for x in account.events("ExposureMeasured"))
    exposure = [
        [x["label"], *(str(line[name]) for line in (x, y) for name in ("people", "unique", "small"))]
        for x, y in zip(before, after, strict=True)
    ]
    assert cells("People who can be told apart by their path") == exposure
    load = {row[0]: row[1:3] for row in cells("Load report")}
    assert {name: row[0] for name, row in load.items()} == {x: str(told.facts[f"rows of {x}"]) for x in load}
    assert load["PERSON"][0] == load["PERSON"][1] == str(told.facts["rows of PERSON"])
    assert all(int(row[1]) <= int(load["PERSON"][0]) for row in load.values())
    assert len(cells(f"Timeline of {REF}")) == sum(
        x["case"] == REF or "/delivery/" in x["case"] or x["event"]["type"] == "SliceRevoked" for x in account.log
        if x["case"].startswith(REF)
    )  # fmt: skip


def test_the_bundle_verifies_from_the_command_line(told: Told) -> None:
    report = _verify(told, "bundle")
    assert report["sound"] is True
    checks = dict(report["checks"]) if not isinstance(report["checks"], dict) else report["checks"]
    assert checks["entries that match their commitment"] == told.facts["entries"]


def test_telling_it_again_changes_nothing(told: Told) -> None:
    before, files = told.account(), _zones(told.home)
    again = told.again()
    assert told.account() == before
    assert _zones(told.home) == files
    lasting = {name: value for name, value in told.facts.items() if name in again.facts and name not in ("packages",)}
    changed = {name for name, value in lasting.items() if again.facts[name] != value}
    assert changed <= {"controllers approved"}  # the one that revoked later stands as revoked
    assert again.facts["controllers revoked"] == 1


def _zones(home: Path) -> dict[str, bytes]:
    zones = [home / name for name in ("provider/zone", "receiver/zone", "exchange")]
    return {
        str(path.relative_to(home)): path.read_bytes() for zone in zones for path in zone.rglob("*") if path.is_file()
    }


def test_rebuilding_gives_the_summaries_that_stood_there(told: Told) -> None:
    query = "SELECT case_id, kind, state, summary, sequence FROM cases ORDER BY case_id"
    urls = {name: told.urls[name] for name in ("provider", "receiver")}
    before = {name: rows_of(url, query) for name, url in urls.items()}
    for name, url in urls.items():
        environment = {
            "AVROP_NAME": name, "AVROP_ORGANISATION": {"provider": "novari", "receiver": "hkdir"}[name],
            "AVROP_HOME": str(told.home / name / "zone"), "AVROP_KEYS_HOME": str(told.home / name / "keys"),
            "AVROP_DATABASE_URL": url, "PATH": os.environ["PATH"],
        }  # fmt: skip
        done = subprocess.run(
            [sys.executable, "-m", "avrop", "account", "rebuild", "--json"],
            capture_output=True, text=True, check=False, env=environment,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        assert json.loads(done.stdout) == {"cases": len(before[name])}
    assert {name: rows_of(url, query) for name, url in urls.items()} == before
    assert len(before["provider"]) == 19
