"""The VIGO pack: its data files and its simulator, by the form that the core knows."""

from importlib.resources import files
from importlib.resources.abc import Traversable

from avrop.catalogue.packform import Pack
from avrop.vigo.commands import simulate, simulator
from avrop.vigo.scan.files import scan


def pack() -> Pack:
    """Everything about VIGO that the core reads."""
    home = files("avrop.vigo")
    data = home / "data"
    return Pack(
        name="vigo",
        catalogue=_texts(home / "catalogue"),
        rule=(data / "rule.yaml").read_text(encoding="utf-8"),
        policy=(data / "policy.yaml").read_text(encoding="utf-8"),
        parties=(data / "parties.yaml").read_text(encoding="utf-8"),
        call_offs=_texts(data / "calloffs"),
        simulate=simulate,
        scan=scan,
        simulator=simulator(),
        synonyms=(data / "synonyms.yaml").read_text(encoding="utf-8"),
        distributions=(data / "distributions.json").read_text(encoding="utf-8"),
    )


def _texts(folder: Traversable, prefix: str = "") -> dict[str, str]:
    found: dict[str, str] = {}
    for item in sorted(folder.iterdir(), key=lambda entry: entry.name):
        if item.is_dir():
            found |= _texts(item, f"{prefix}{item.name}/")
        elif item.name.endswith(".yaml"):
            found[prefix + item.name] = item.read_text(encoding="utf-8")
    return found
