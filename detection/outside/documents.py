"""Documents people write (YAML) and stages leave (JSON), parsed once at the border into typed values.

All faults of a file are reported together, each with its line. YAML is read without anchors, tags and duplicate keys:
a 300-byte file of nested anchors can fill the memory, and of two equal keys one would silently win.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import TypeAdapter, ValidationError

from detection.errors import DocumentError
from detection.outside import files
from detection.rules.document import Document

T = TypeVar("T")
M = TypeVar("M", bound=Document)
Place = tuple[str | int, ...]
Lines = dict[Place, int]
"""Key path to the line it stands on, from 1."""

MAXIMUM_BYTES = 1_000_000
"""No document that people write is longer."""
MAXIMUM_DEPTH = 20
"""No document that people write is nested deeper."""

_HALF_CHARACTER = re.compile("[\ud800-\udfff]")
_OPENING = (
    yaml.FlowSequenceStartToken, yaml.FlowMappingStartToken, yaml.BlockSequenceStartToken, yaml.BlockMappingStartToken
)  # fmt: skip
_CLOSING = (yaml.FlowSequenceEndToken, yaml.FlowMappingEndToken, yaml.BlockEndToken)


def read_document(model: type[M], path: Path, section: str | None = None) -> M:
    """Read a YAML document, or one section of it, into its model.

    Args:
        model: the pydantic model of the document or section.
        path: the file.
        section: top-level key to read; the other sections are not looked at.

    Raises:
        DocumentError: unreadable, not YAML, or any number of faults against the model, each with its line.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise DocumentError(f"{path}: cannot be read as YAML ({_first_line(error)}); mend it") from error
    return parse_document(model, content, path, section)


def parse_document(model: type[M], content: bytes, path: Path, section: str | None = None) -> M:
    """Take apart what :func:`read_document` reads, such as a file of an archive; ``path`` names it in messages.

    Raises:
        DocumentError: as :func:`read_document`.
    """
    root = _compose(content, path)
    lines: Lines = {}
    value = _plain(root, (), lines, path)
    if section is not None:
        if not isinstance(value, dict) or section not in value:
            raise DocumentError(f"{path}: section {section!r} is missing; add it")
        value = value[section] if value[section] is not None else {}
    prefix: Place = () if section is None else (section,)
    try:
        document = model.model_validate(value)
    except ValidationError as error:
        _refuse(path, [_fault(path, prefix + tuple(e["loc"]), e, lines) for e in error.errors(include_url=False)])
    _refuse(path, [_located(path, prefix + c.place, c.words, lines) for c in document.contradictions()])
    return document


def write_value(path: Path, value: object) -> None:
    """Write a dataclass or model as JSON, whole or not at all."""
    files.write_json(path, TypeAdapter(type(value)).dump_python(value, mode="json"))


def read_value(kind: type[T], path: Path) -> T:
    """Read what :func:`write_value` wrote.

    Raises:
        DocumentError: missing, damaged, or of another kind.
    """
    try:
        return TypeAdapter(kind).validate_json(path.read_bytes())
    except FileNotFoundError as error:
        raise DocumentError(f"{path}: is not there; run `dvc repro` again, or for the first time") from error
    except (OSError, ValueError) as error:
        raise DocumentError(
            f"{path}: is not the {kind.__name__} a stage wrote ({_first_line(error)}); run `dvc repro` again"
        ) from error


def read_json(path: Path) -> Any:
    """Read plain JSON values; NaN and infinities are refused.

    Raises:
        DocumentError: missing or not JSON.
    """
    try:
        return json.loads(path.read_bytes(), parse_constant=_refuse_constant)
    except (OSError, ValueError, RecursionError) as error:
        raise DocumentError(f"{path}: cannot be read as JSON ({_first_line(error)}); make it again") from error


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is not a number of JSON")


def _compose(content: bytes, path: Path) -> yaml.Node:
    try:
        if len(content) > MAXIMUM_BYTES:
            raise DocumentError(
                f"{path}: {len(content)} bytes; expected at most {MAXIMUM_BYTES}; is it the right file?"
            )
        text = content.decode()
        _refuse_tricks(text, path)
        root = yaml.compose(text, Loader=yaml.SafeLoader)
    except (ValueError, OverflowError, yaml.YAMLError, RecursionError) as error:
        raise DocumentError(f"{path}: cannot be read as YAML ({_first_line(error)}); mend it") from error
    if root is None:
        raise DocumentError(f"{path}: is empty; expected a YAML mapping")
    return root


def _refuse_tricks(text: str, path: Path) -> None:
    """Anchors, tags, texts that cannot be written, and nesting so deep that the parser itself would take minutes."""
    depth = 0
    for token in yaml.scan(text, Loader=yaml.SafeLoader):
        place = f"{path}:{token.start_mark.line + 1}"
        if isinstance(token, yaml.AnchorToken | yaml.AliasToken | yaml.TagToken):
            raise DocumentError(f"{place}: anchors, aliases and tags are not read; write it out")
        if isinstance(token, yaml.ScalarToken) and _HALF_CHARACTER.search(token.value):
            raise DocumentError(
                f"{place}: {_short(token.value)} holds half a character, which no file can; write it out"
            )
        depth += isinstance(token, _OPENING) - isinstance(token, _CLOSING)
        if depth > MAXIMUM_DEPTH:
            raise DocumentError(f"{place}: nested more than {MAXIMUM_DEPTH} deep; write it flatter")


def _plain(node: yaml.Node, place: Place, lines: Lines, path: Path) -> Any:
    lines[place] = node.start_mark.line + 1
    if isinstance(node, yaml.MappingNode):
        result: dict[str, Any] = {}
        for key_node, value_node in node.value:
            if not isinstance(key_node, yaml.ScalarNode):
                raise DocumentError(f"{path}:{key_node.start_mark.line + 1}: a key is no plain text; mend it")
            key = str(key_node.value)
            if key in result:
                raise DocumentError(f"{path}:{key_node.start_mark.line + 1}: key {key!r} stands twice; keep one")
            result[key] = _plain(value_node, (*place, key), lines, path)
            lines[(*place, key)] = key_node.start_mark.line + 1
        return result
    if isinstance(node, yaml.SequenceNode):
        return [_plain(item, (*place, index), lines, path) for index, item in enumerate(node.value)]
    return _scalar(node, path)


def _scalar(node: yaml.Node, path: Path) -> Any:
    loader = yaml.SafeLoader("")
    try:
        return loader.construct_object(node)
    except (yaml.YAMLError, ValueError, OverflowError) as error:
        line = node.start_mark.line + 1
        raise DocumentError(
            f"{path}:{line}: {_short(node.value)} is no value ({_first_line(error)}); mend it"
        ) from error
    finally:
        loader.dispose()


def _refuse(path: Path, faults: Sequence[str]) -> None:
    if faults:
        raise DocumentError(f"{path}: {len(faults)} fault(s); mend the lines named", faults)


def _fault(path: Path, place: Place, error: Mapping[str, Any], lines: Lines) -> str:
    got = "" if error["type"] in ("missing", "value_error") else f", got {_short(error['input'])}"
    return _located(path, place, f"{_words(error)}{got}", lines)


def _located(path: Path, place: Place, words: str, lines: Lines) -> str:
    known = place
    while known and known not in lines:
        known = known[:-1]
    return f"{path}:{lines.get(known, 1)}: {'.'.join(map(str, place)) or 'the document'}: {words}"


def _words(error: Mapping[str, Any]) -> str:
    plain = {"extra_forbidden": "unknown key; remove it or mend its name", "missing": "is missing; add it"}
    message = str(error["msg"]).removeprefix("Value error, ").replace("Input should be", "expected")
    return plain.get(error["type"], message)


def _short(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 60 else text[:57] + "..."


def _first_line(error: BaseException) -> str:
    return str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
