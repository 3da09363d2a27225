"""Runs microdata-tools in an environment of its own, by a script that prints what it answered as JSON."""

import json
import subprocess
from pathlib import Path
from typing import Any

from tests.wire.environments import environment

REQUIREMENTS = ("microdata-tools==2.2.3",)
SCRIPTS = {
    # Without its files being kept, it fails to remove those that it had not made yet when it found a fault.
    "validate": """
from microdata_tools import validate_dataset
answer = validate_dataset(given[0], input_directory=given[1], working_directory=given[2], keep_temporary_files=True)
""",
    "keys": """
from cryptography.hazmat.primitives.asymmetric.mlkem import MLKEM768PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from microdata_tools.packaging.keys import PrivateKey
pair = PrivateKey(mlkem_key=MLKEM768PrivateKey.generate(), x25519_key=X25519PrivateKey.generate())
pair.write_to_file(Path(given[0]))
pair.public_key().write_to_file(Path(given[0]))
answer = None
""",
    "package": """
from microdata_tools import package_dataset
if given[3]:
    import microdata_tools.packaging._encrypt as writer
    writer.CHUNK_SIZE_BYTES = given[3]
package_dataset(Path(given[0]), Path(given[1]), Path(given[2]))
answer = None
""",
    "unpackage": """
from microdata_tools import unpackage_dataset
try:
    unpackage_dataset(Path(given[0]), Path(given[1]), Path(given[2]))
    answer = None
except Exception as failure:
    answer = type(failure).__name__
""",
}
FRAME = """
import json, logging, sys
from pathlib import Path
logging.disable(logging.CRITICAL)
given = json.loads(sys.argv[1])
{body}
print(json.dumps(answer))
"""


def run(script: str, *given: object, cwd: Path) -> Any:
    """What the tool answered: its list of messages, the name of its error, or None."""
    python = environment("microdata-tools", "3.11", REQUIREMENTS, or_newer=True) / "bin" / "python"
    arguments = json.dumps([str(one) if isinstance(one, Path) else one for one in given])
    done = subprocess.run(
        [python, "-c", FRAME.format(body=SCRIPTS[script]), arguments],
        capture_output=True,
        text=True,
        check=False,
        cwd=cwd,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])
