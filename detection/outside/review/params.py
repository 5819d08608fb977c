"""A new source in ``params.yaml``: lines are added to ``collect.sources``, and nothing else of the file changes.

The file is read by its model before and after: only if the second reading is the first with the new source at its end
is the file replaced.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from pydantic import Field

from detection.errors import DetectionError
from detection.outside import files
from detection.outside.documents import parse_document, read_document
from detection.rules.document import Document
from detection.rules.labels.intake.limits import Limits
from detection.rules.labels.intake.sources import SourceEntry
from detection.rules.spec.units import PositiveCount

SECTION = "collect"

_TOP = re.compile(r"[^\s#]")
_ITEM = re.compile(r"( *)- ")


class ParamsError(DetectionError):
    """The new source cannot be written into params.yaml: paste the lines named."""


class Collect(Document):
    """Section ``collect`` of params.yaml, as stage ``collect`` reads it."""

    shard_megabytes: PositiveCount
    limits: Limits
    sources: Annotated[list[SourceEntry], Field(min_length=1)]


@dataclass(frozen=True, slots=True)
class NewSource:
    """An entry of ``collect.sources``.

    Attributes:
        id: of the source.
        lines: the entry as YAML, without indentation; the first begins with ``id:``.
    """

    id: str
    lines: tuple[str, ...]


def add(path: Path, source: NewSource) -> bool:
    """Add a source at the end of ``collect.sources``; False if one of its id stands there already.

    Raises:
        DocumentError: the file does not follow its model.
        ParamsError: the file is written in a way that no line can be added to.
        DiskError: the disk is full or refuses.
    """
    before = read_document(Collect, path, section=SECTION)
    if source.id in [entry.id for entry in before.sources]:
        return False
    lines = path.read_text("utf-8").splitlines(keepends=True)
    content = "".join(_with(path, lines, source)).encode()
    after = parse_document(Collect, content, path, section=SECTION)
    if after.sources[:-1] != before.sources or after.sources[-1].id != source.id:
        raise _unwritable(path, source)
    files.write_bytes(path, content)
    return True


def _with(path: Path, lines: Sequence[str], source: NewSource) -> list[str]:
    """All lines with the new entry in its place."""
    place, indent = _end(path, lines, source)
    before = [line if line.endswith("\n") else f"{line}\n" for line in lines[:place]]
    first, *rest = source.lines
    return [*before, f"{indent}- {first}\n", *(f"{indent}  {line}\n" for line in rest), *lines[place:]]


def _end(path: Path, lines: Sequence[str], source: NewSource) -> tuple[int, str]:
    """The line behind the last entry of ``collect.sources``, and how far the entries are indented."""
    starts = [n for n, line in enumerate(lines) if line.split("#")[0].strip() == f"{SECTION}:" and _TOP.match(line)]
    if not starts:
        raise _unwritable(path, source)
    ends = (n for n in range(starts[0] + 1, len(lines)) if _TOP.match(lines[n]))
    end = next(ends, len(lines))
    heads = [n for n in range(starts[0], end) if lines[n].split("#")[0].strip() == "sources:"]
    items = [n for n in range(heads[0], end) if _ITEM.match(lines[n])] if heads else []
    if not items:
        raise _unwritable(path, source)
    indent = _indent(lines[items[0]])
    last = items[0]
    for n in range(items[0], end):
        text = lines[n].strip()
        if text and not text.startswith("#"):
            if len(_indent(lines[n])) < len(indent) or (_indent(lines[n]) == indent and not text.startswith("- ")):
                break
            last = n
    return last + 1, indent


def _indent(line: str) -> str:
    return line[: len(line) - len(line.lstrip(" "))]


def _unwritable(path: Path, source: NewSource) -> ParamsError:
    entry = "\n".join([f"    - {source.lines[0]}", *(f"      {line}" for line in source.lines[1:])])
    return ParamsError(
        f"{path}: collect.sources is not written as a list of lines, so nothing was added; "
        f"add this entry, then close again:\n{entry}"
    )
