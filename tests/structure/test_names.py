"""The core knows no Norwegian name, and nothing committed names a registry or the place where it was written."""

import re
from itertools import pairwise
from pathlib import Path

import pytest

from tools.source import PACKAGE, ROOT, texts

NAMES = (
    "vigo", "novari", "hkdir", "hk_dir", "kudaf", "udir", "feide", "maskinporten", "utdanningsdirektoratet",
    "lanekassen", "lånekassen", "samordna", "fylke", "fylker", "fylket", "fylkeskommune", "fylkeskommuner",
    "fylkesnummer", "fylkesnr", "grunnskole", "ssb", "sikt", "nudb", "kunnskapsdepartementet", "agder",
    "akershus", "buskerud", "finnmark", "innlandet", "møre", "romsdal", "nordland", "oslo", "rogaland",
    "telemark", "troms", "trøndelag", "trondelag", "vestfold", "vestland", "østfold", "ostfold", "viken",
)  # fmt: skip
"""Lower case, whole words."""
OTHERWISE = {
    "nav": re.compile(r"\bNAV\b"),
    "microdata": re.compile(r"(?i)microdata[._-]?(no|tools)\b|\bclass Microdata"),
}
"""A page has a `<nav>`, and statisticians say microdata: these are names only when they are written so."""
CONTRACTS = {
    "catalogue/kudaf.py": {"kudaf", "fylke", "fylkeskommune"},
    "catalogue/kudaf_upload.py": {"kudaf"},
    "catalogue/kudaf_documents.py": {"kudaf"},
    "cli/commons.py": {"kudaf"},
    "catalogue/microdata.py": {"microdata"},
    "catalogue/imports.py": {"kudaf"},
    "catalogue/kudaf_config.py": {"kudaf"},
    "catalogue/kudaf_domains.py": {"kudaf", "fylke", "fylkeskommune"},
    "catalogue/kudaf_import.py": {"kudaf"},
    "catalogue/kudaf_making.py": {"kudaf"},
    "catalogue/kudaf_reading.py": {"kudaf"},
    "catalogue/kudaf_tables.py": {"kudaf"},
    "catalogue/kudaf_told.py": {"kudaf"},
    "actions/find.py": {"kudaf"},  # it knows what every commons calls the unit types that they share
    "actions/kudaf_check.py": {"kudaf"},
    "actions/kudaf_publish.py": {"kudaf"},
    "catalogue/kudaf_answers.py": {"kudaf"},
    "catalogue/kudaf_abouts.py": {"kudaf"},
    "catalogue/kudaf_posts.py": {"kudaf"},
    "catalogue/kudaf_expecting.py": {"kudaf"},
    "cli/main.py": {"kudaf"},  # it names the groups of commands
    "demo/announcing.py": {"kudaf"},
    "http/app.py": {"kudaf"},  # it lists the modules of the contracts
    "http/kudaf_beyond.py": {"kudaf"},
    "http/kudaf_bodies.py": {"kudaf"},
    "http/kudaf_documents.py": {"kudaf"},
    "http/kudaf_listings.py": {"kudaf"},
    "disclosure/microdata_archive.py": {"microdata"},
    "disclosure/microdata_package.py": {"microdata"},
    "http/kudaf_metadata.py": {"kudaf"},
    "http/kudaf_datasource.py": {"kudaf"},
    "http/kudaf_permissions.py": {"kudaf", "feide"},
    "outbound/kudaf_authorisations.py": {"kudaf"},
    "outbound/kudaf_backend.py": {"kudaf"},
    "system.py": {"kudaf"},  # it opens what asks a commons
}
"""Modules named after the contract they keep, and the names they may know."""
NO_NAME = ("Europe/Oslo",)
"""The time zone is not the county."""

REGISTRIES = tuple(
    f"{first}.{second}"
    for first, second in (
        ("pypi", "org"),
        ("files.pythonhosted", "org"),
        ("registry.npmjs", "org"),
        ("deb.debian", "org"),
        ("archive.ubuntu", "com"),
        ("proxy.golang", "org"),
        ("repo.maven.apache", "org"),
    )
)
WORKPLACE = tuple(
    first + second
    for first, second in (
        ("/wo", "rk/"),
        ("../sha", "red"),
        (".lib", "rary"),
        ("far", "m-"),
        ("/tm", "p/w/"),
        ("issues sh", "ow "),
        ("clau", "de"),
        ("anthro", "pic"),
        ("sub", "agent"),
        ("helper ses", "sion"),
        ("the le", "ad "),
    )
)


def words(text: str) -> set[str]:
    """The words of a text and of its identifiers, lower case: `HkDirCode` has hk, dir, code and hkdir."""
    for name in NO_NAME:
        text = text.replace(name, "")
    found: set[str] = set()
    for identifier in re.findall(r"[^\W\d]+(?:-[^\W\d]+)*", text):
        for whole in (identifier, *identifier.split("-")):
            parts = [
                part for piece in whole.split("_") for part in re.findall(r"[A-ZÆØÅ]+(?![a-zæøå])|.[a-zæøå]*", piece)
            ]
            found |= {part.lower() for part in parts}
            found |= {a.lower() + b.lower() for a, b in pairwise(parts)}
            found |= {whole.lower(), whole.lower().replace("-", ""), *whole.lower().split("_")}
    return found


def norwegian_names(text: str) -> set[str]:
    """The names that a text knows."""
    return (words(text) & set(NAMES)) | {name for name, form in OTHERWISE.items() if form.search(text)}


CORE = [
    (Path(place).relative_to("src/avrop").as_posix(), text)
    for place, text in texts(PACKAGE)
    if not place.startswith("src/avrop/vigo/")
]


@pytest.mark.parametrize(("place", "text"), CORE, ids=[place for place, _ in CORE])
def test_the_core_knows_no_norwegian_name(place: str, text: str) -> None:
    assert norwegian_names(f"{place}\n{text}") - CONTRACTS.get(place, set()) == set()


@pytest.mark.parametrize(
    "text",
    ["vigo", "VigoPack", "HK-dir", "hk_dir", "hkdir_code", "load_kudaf", "KUDAF", "Fylkeskommune", "fylke_nr",
     "# in Oslo", "microdata.no", "x = 'Vestland'", "NAV", "MøreOgRomsdal", "trøndelag"],
)  # fmt: skip
def test_a_norwegian_name_would_be_found(text: str) -> None:
    assert norwegian_names(text)


@pytest.mark.parametrize(
    "text", ["ZoneInfo('Europe/Oslo')", "<nav>", "more", "navigate", "county", "microdata", "director", "trial"]
)
def test_other_words_are_no_norwegian_name(text: str) -> None:
    assert not norwegian_names(text)


ALL = list(texts(ROOT))


@pytest.mark.parametrize(("place", "text"), ALL, ids=[place for place, _ in ALL])
def test_nothing_names_a_registry_or_the_place_it_was_written_in(place: str, text: str) -> None:
    low = text.lower()
    assert [name for name in REGISTRIES + WORKPLACE if name in low or name in place.lower()] == []


def test_the_requirements_are_exact_and_hashed() -> None:
    text = (ROOT / "requirements.txt").read_text("utf-8")
    assert "://" not in text
    for block in re.split(r"\n(?=[a-z])", re.sub(r"(?m)^\s*#.*\n", "", text).strip()):
        assert re.match(r"[a-z0-9._-]+==\S+ ", block), block.partition("\n")[0]
        assert "--hash=sha256:" in block
