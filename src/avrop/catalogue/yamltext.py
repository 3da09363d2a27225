"""YAML text → plain values, strictly: duplicate keys are refused, and a fault names file, line and column.

Scalars keep their text, so that a code such as `03`, `NO` or `1e5` is what was written; quotes are never needed. The
form that reads the values turns texts into numbers, dates and booleans where it wants them. `null`, `~` and an empty
value are null.
"""

from collections.abc import Hashable
from typing import Any

import yaml

from avrop.errors import Mistake


class _Loader(yaml.SafeLoader):
    """Plain scalars stay text; mappings refuse duplicate keys."""


_Loader.yaml_implicit_resolvers = {
    first: [
        (tag, pattern) for tag, pattern in resolvers if tag in ("tag:yaml.org,2002:null", "tag:yaml.org,2002:merge")
    ]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def _mapping(loader: _Loader, node: yaml.MappingNode) -> dict[Hashable, Any]:
    loader.flatten_mapping(node)
    seen: dict[Hashable, Any] = {}
    for key_node, value_node in node.value:
        key = loader.construct_object(key_node, deep=True)
        if key in seen:
            raise yaml.constructor.ConstructorError(None, None, "the same key stands twice", key_node.start_mark)
        seen[key] = loader.construct_object(value_node, deep=True)
    return seen


_Loader.add_constructor("tag:yaml.org,2002:map", _mapping)


def load_yaml(text: str, *, file: str, code: str) -> Any:
    """The plain values of a YAML text. Raises a Mistake with that code, the file, the line and the column."""
    try:
        return yaml.load(text, Loader=_Loader)  # noqa: S506  a SafeLoader of our own
    except yaml.YAMLError as failure:
        mark = getattr(failure, "problem_mark", None) or getattr(failure, "context_mark", None)
        problem = getattr(failure, "problem", None) or "it cannot be read"
        where: dict[str, str | int] = {"file": file}
        if mark is not None:
            where |= {"line": mark.line + 1, "column": mark.column + 1}
        raise Mistake(code, f"This is not YAML: {problem}.", hint="Correct the line and try again.", **where) from None


def dump_yaml(value: Any) -> str:
    """YAML text of plain values, in their own order."""
    return yaml.safe_dump(value, allow_unicode=True, sort_keys=False, width=110)
