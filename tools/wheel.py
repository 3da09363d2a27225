"""What hatchling asks when it builds the wheel: it must hold what the pages load, as the manifest names it."""

import json
from hashlib import sha256
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class Looks(BuildHookInterface[Any]):
    """Refuses a wheel without Designsystemet, htmx and Inter, or with other bytes than were made."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # noqa: ARG002  hatchling's
        """Check, unless it is an installation in place. Raises RuntimeError with what to do."""
        if version == "editable":
            return
        vendor = Path(self.root) / "src/avrop/web/static/vendor"
        if not (vendor / "manifest.json").is_file():
            raise RuntimeError("The pages' stylesheet, script and fonts are not made: run `make ui` first.")
        manifest = json.loads((vendor / "manifest.json").read_text("utf-8"))
        allowed = json.loads((Path(self.root) / "ui/package.json").read_text("utf-8"))["licences"]
        foreign = {each["license"] for each in manifest["packages"]}.difference(allowed)
        if foreign:
            raise RuntimeError(f"Licences that may not be shipped: {', '.join(sorted(foreign))}.")
        for name, told in manifest["files"].items():
            if sha256((vendor / name).read_bytes()).hexdigest() != told["sha256"]:
                raise RuntimeError(f"{name} is not what was made: run `make ui` again.")
