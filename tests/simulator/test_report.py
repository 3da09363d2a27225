"""The report and what it is made of: targets with their tolerance, measured on the tables; one page that opens alone."""

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from typer.testing import CliRunner

from avrop.cli.main import app
from avrop.vigo.simulator.fidelity import compare, figures, targets
from avrop.vigo.simulator.plan import profile
from avrop.vigo.simulator.report import report


def test_there_are_thirty_one_targets_with_source_and_tolerance_and_eight_were_withheld() -> None:
    found = targets()
    assert {target.id for target in found} == {f"F{number:02d}" for number in range(1, 32)}
    assert len({target.id for target in found if target.withheld}) == 8
    assert all(target.source and target.tolerance > 0 for target in found)


def test_a_target_holds_within_its_tolerance_or_by_chance() -> None:
    target = next(target for target in targets() if target.id == "F23")
    key = (target.figure, target.key, target.year)
    by_id = {
        count: next(met for met in compare({key: (84.0, count)}) if met.target == target)
        for count in (10, 1000, 100_000)
    }
    assert by_id[10].holds is None, "so few tell nothing"
    assert by_id[1000].holds
    assert by_id[100_000].holds is False
    assert compare({})[0].holds is None


def test_figures_are_of_the_tables(micro: Path) -> None:
    found = figures(micro)
    assert found["points", "all", 2019][1] > 50
    assert 0 < found["completion", "all", 2019][0] <= 100
    assert {key for name, key, _ in found if name == "direct"} >= {"academic 1", "vocational 1"}
    counts = [met for met in compare(found) if met.target.kind == "count"]
    assert {met.holds for met in counts} == {None}, "four areas and one cohort do not tell how many the country has"
    assert [profile(name).whole for name in ("micro", "sample", "small", "national")] == [False, False, False, True]


class _Page(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.addresses: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.addresses += [value or "" for name, value in attrs if name in {"src", "href", "action"}]


def test_the_report_is_one_page_that_loads_nothing(micro: Path, tmp_path: Path) -> None:
    counted = report(micro, tmp_path / "report.html")
    text = (tmp_path / "report.html").read_text(encoding="utf-8")
    page = _Page()
    page.feed(text)
    assert page.addresses == []
    assert re.search(r"<p>\d+ people: first year", text), "how few a small run tells of is said"
    assert "–<td class=n>–<td>cannot be told" in text, "what is not simulated is no miss, and has no tolerance"
    assert page.tags.count("svg") == 5
    assert page.tags.count("tr") == len(targets()) + 1
    assert "script" not in page.tags
    assert not re.search(r"url\(|@import|https?://(?!www\.w3\.org/2000/svg)", text)
    assert sum(counted.values()) == len(targets())
    assert "Nobody here exists" in text


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (("plan", "--profile", "small"), 0, "assumptions"),
        (("plan", "--profile", "huge"), 5, "no profile"),
        (("gallery", "{micro}"), 0, "leap-day"),
        (("check", "{micro}", "--rule", "SR03"), 0, "no rule is broken"),
        (("check", "{micro}", "--rule", "SR77"), 5, "no rule of that number"),
        (("explain", "{micro}", "12"), 5, "no such person"),
        (("report", "{micro}", "--json", "--out", "{tmp}/r.html"), 0, '"hold"'),
        (("report", "{tmp}"), 5, "no run"),
        (("run", "--profile", "micro", "--out", "{micro}", "--seed", "3"), 4, "another run"),
    ],
)
def test_the_commands_end_clearly(
    micro: Path, tmp_path: Path, arguments: tuple[str, ...], code: int, says: str
) -> None:
    filled = [part.replace("{micro}", str(micro)).replace("{tmp}", str(tmp_path)) for part in arguments]
    done = CliRunner().invoke(app, ["vigo", "simulate", *filled])
    told = done.output + str(done.exception or "")
    assert says in told
    assert getattr(done.exception, "exit_code", done.exit_code) == code
