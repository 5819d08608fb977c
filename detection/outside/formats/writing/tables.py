"""``frames.csv``: what is known of every frame, for formats that hold labels alone. Read by the metadata mapping."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence

from detection.outside.formats.writing.folders import Named
from detection.rules.labels.outgoing import Item

NAME, KEY = "frames.csv", "file_name"


def content(frames: Sequence[Named]) -> str:
    """The table: one row a frame, ordered by file name, with the columns that any frame has."""
    columns = list(dict.fromkeys(column for named in frames for column in _row(named.item)))
    text = io.StringIO()
    lines = csv.writer(text, lineterminator="\n")
    lines.writerow([KEY, *columns])
    for named in sorted(frames, key=lambda named: named.name):
        told = _row(named.item)
        lines.writerow([named.name, *(told.get(column, "") for column in columns)])
    return text.getvalue()


def _row(item: Item) -> dict[str, str]:
    return {**item.fields, **({"split": item.split} if item.split else {})}
