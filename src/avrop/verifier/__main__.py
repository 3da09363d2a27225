"""`python -m avrop.verifier BUNDLE --keys FILE [--checkpoint FILE] [--json]`: exit 0 sound, 1 faults, 2 unusable."""

import argparse
import json
import sys
from pathlib import Path

from avrop.verifier.report import Unusable
from avrop.verifier.verify import verify


def main() -> int:
    """Read the arguments, verify, print."""
    parser = argparse.ArgumentParser(prog="avrop.verifier", description="Verify an exported account offline.")
    parser.add_argument("bundle", type=Path)
    parser.add_argument("--keys", type=Path, required=True)
    parser.add_argument("--checkpoint", type=Path)
    parser.add_argument("--json", action="store_true")
    chosen = parser.parse_args()
    try:
        report = verify(chosen.bundle, keys=chosen.keys, checkpoint=chosen.checkpoint)
    except Unusable as failure:
        sys.stderr.write(f"Cannot verify: {failure}\n")
        return 2
    if chosen.json:
        sys.stdout.write(json.dumps(report.as_json(), indent=2) + "\n")
    else:
        sys.stdout.writelines(f"{count:>7}  {what}\n" for what, count in report.checks)
        sys.stdout.writelines(f"  FAULT  {fault}\n" for fault in report.faults)
        sys.stdout.write("sound\n" if report.sound else f"{len(report.faults)} faults\n")
    return 0 if report.sound else 1


if __name__ == "__main__":
    sys.exit(main())
