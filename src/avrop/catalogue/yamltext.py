"""YAML text → plain values, strictly: duplicate keys are refused, and a fault names file, line and column.

Scalars keep their text, so that a code such as `03`, `NO` or `1e5` is what was written; quotes are never needed. The
form that reads the values turns texts into numbers, dates and booleans where it wants them. `null`, `~` and an empty
value are null. Keys are texts; `<<` is one like any other, since merging in turn would lose what overrides.
"""

import re
from collections.abc import Iterator, Sequence
from typing import Any

import yaml

from avrop.canonical import Place, build, is_writable
from avrop.errors import Mistake

_NULL, _TEXT, _LIST, _MAP = (f"tag:yaml.org,2002:{kind}" for kind in ("null", "str", "seq", "map"))


class _Loader(yaml.CSafeLoader):
    """Plain scalars stay text; mappings refuse duplicate keys; a tag that asks for another type is refused."""


_Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag == _NULL]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
_Loader.yaml_constructors = {tag: yaml.SafeLoader.yaml_constructors[tag] for tag in (_NULL, _LIST, None)}


def _mapping(loader: _Loader, node: yaml.MappingNode) -> dict[str, Any]:
    seen: dict[str, Any] = {}
    for key_node, value_node in node.value:
        key = loader.construct_object(key_node, deep=True)
        if not isinstance(key, str):
            raise yaml.constructor.ConstructorError(None, None, "a key is not a text", key_node.start_mark)
        if key in seen:
            raise yaml.constructor.ConstructorError(None, None, "the same key stands twice", key_node.start_mark)
        seen[key] = loader.construct_object(value_node, deep=True)
    return seen


_UNWRITABLE = (
    "a text has a sign that no text can hold: a control character other than a tab or a line end, or half of a pair"
)


def _text(loader: _Loader, node: yaml.ScalarNode) -> str:
    value = loader.construct_scalar(node)
    if not is_writable(value):
        raise yaml.constructor.ConstructorError(None, None, _UNWRITABLE, node.start_mark)
    return str(value)


_Loader.add_constructor(_MAP, _mapping)
_Loader.add_constructor(_TEXT, _text)


def load_yaml(text: str, *, file: str, code: str) -> Any:
    """The plain values of a YAML text. Raises a Mistake with that code, the file, the line and the column."""
    try:
        return yaml.load(text, Loader=_Loader)  # noqa: S506  a SafeLoader of our own
    except yaml.YAMLError as failure:
        problem = getattr(failure, "problem", None) or "a character that may not occur"
        where: dict[str, str | int] = {"file": file, **_place(failure, text)}
    except UnicodeEncodeError as failure:
        problem, where = _UNWRITABLE, {"file": file, **_at(failure.start, text)}
    except RecursionError:
        problem, where = "it is nested too deeply", {"file": file}
    raise Mistake(code, f"This cannot be read as YAML: {problem}.", hint="Correct the line and try again.", **where)


def read_yaml(form: Any, text: str, *, file: str, code: str) -> Any:
    """A document of type `form` from a YAML text. Errors (Mistake): as `load_yaml`; `document.unreadable` with file,
    line and column."""
    return build(form, load_yaml(text, file=file, code=code), what=file, place=place_in(text))


def _place(failure: yaml.YAMLError, text: str) -> dict[str, int]:
    """Line and column, from 1. A reader's failure has no mark but a position."""
    mark = getattr(failure, "problem_mark", None) or getattr(failure, "context_mark", None)
    if mark is not None:
        return {"line": mark.line + 1, "column": mark.column + 1}
    if isinstance(failure, yaml.reader.ReaderError):
        return _at(failure.position, text)
    return {}


def _at(position: int, text: str) -> dict[str, int]:
    before = text[:position]
    return {"line": before.count("\n") + 1, "column": len(before) - before.rfind("\n")}


def place_in(text: str, *, within: Sequence[int | str] = ()) -> Place:
    """Where what stands on the way to a field begins, as far as the text has it: the key of a mapping, the item of a
    list. `within` leads to where the way begins. The text must be one that `load_yaml` reads."""

    def found(way: Sequence[int | str]) -> dict[str, int]:
        node: Any = yaml.compose(text, Loader=_Loader)
        mark = None if node is None else node.start_mark
        for part in (*within, *way):
            step = _step(node, part)
            if step is None:
                break
            mark, node = step
        return {} if mark is None else {"line": mark.line + 1, "column": mark.column + 1}

    return found


def _step(node: Any, part: int | str) -> tuple[Any, Any] | None:
    """Where a part of a node begins, and that part."""
    if isinstance(node, yaml.MappingNode):
        return next(((key.start_mark, value) for key, value in node.value if key.value == part), None)
    if isinstance(node, yaml.SequenceNode) and isinstance(part, int) and part < len(node.value):
        return node.value[part].start_mark, node.value[part]
    return None


Entry = tuple[str, int, int]
"""The name of a mapping, and the line and column of its first key, from 1."""


def entries(text: str, *, within: str | None = "") -> Iterator[Entry]:
    """The mappings that have a `name`: those of the list that the text is (`within` empty), of the list under that key,
    or the text itself (null). The text must be one that `load_yaml` reads."""
    node: Any = yaml.compose(text, Loader=_Loader)
    if within:
        node = next((value for key, value in node.value if key.value == within), None)
    for entry in [node] if within is None else getattr(node, "value", None) or []:
        name = next((value.value for key, value in entry.value if key.value == "name"), "")
        mark = entry.value[0][0].start_mark
        yield name, mark.line + 1, mark.column + 1


def listed(text: str, *, within: str) -> Iterator[tuple[int, int]]:
    """Line and column, from 1, of each item of the list under a key; of none that is not there. The text must be one
    that `load_yaml` reads."""
    step = _step(yaml.compose(text, Loader=_Loader), within)
    for item in step[1].value if step is not None and isinstance(step[1], yaml.SequenceNode) else ():
        yield item.start_mark.line + 1, item.start_mark.column + 1


class _Dumper(yaml.CSafeDumper):
    """Line breaks that only Unicode knows are escaped, since a reader would take them for a space."""


def _scalar(dumper: _Dumper, value: str) -> yaml.ScalarNode:
    style = '"' if any(character in "\x85\u2028\u2029" for character in value) else None
    return dumper.represent_scalar(_TEXT, value, style=style)


_Dumper.add_representer(str, _scalar)


def dump_yaml(value: Any) -> str:
    """YAML text of plain values, in their own order."""
    return yaml.dump(value, Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=110)


class _Quoting(_Dumper):
    """Every text in quotes that some reader of YAML could take for something else; nothing by reference."""

    def ignore_aliases(self, _data: Any) -> bool:
        """Write out what stands twice."""
        return True


def _quoted(dumper: _Quoting, value: str) -> yaml.ScalarNode:
    plain = re.fullmatch(r"[A-Za-z][A-Za-z0-9_]*", value) and value.lower() not in _READ_AS_OTHERS
    return dumper.represent_scalar(_TEXT, value, style=None if plain else '"')


_READ_AS_OTHERS = {"y", "n", "yes", "no", "on", "off", "true", "false", "null"}
_Quoting.add_representer(str, _quoted)


def dump_quoted_yaml(value: Any) -> str:
    """YAML text for readers that are not ours: those of YAML 1.1 and 1.2 find the same texts in it."""
    return yaml.dump(value, Dumper=_Quoting, allow_unicode=True, sort_keys=False, width=110)
