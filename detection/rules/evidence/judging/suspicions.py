"""Labels of the judging sets that look wrong, for a person to review."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from detection.rules.evidence.judging.verdict import Displays
from detection.rules.evidence.page import Folded, Section
from detection.rules.evidence.tables import Column, Table, code, share, text

LISTED = 20
"""Shown of each kind."""

Columns = Mapping[str, NDArray[np.generic]]


def section(columns: Columns, displays: Displays) -> Section:
    """Labels that look wrong: ``data/diagnose/suspicions.parquet``."""
    title, whole = "Labels to look at again", len(columns["kind"])
    if not whole:
        return Section("suspicions", title, "No label of the judging sets looks wrong beside what the model says.", ())
    heads = ("Suspected", "Frame", "Set", "Labelled", "The model says")
    head = (*(Column(name) for name in heads), Column("Quality", number=True))
    shown = [i for kind in dict.fromkeys(columns["kind"]) for i in np.flatnonzero(columns["kind"] == kind)[:LISTED]]
    rows = tuple(
        (
            text(str(columns["kind"][i])),
            code(str(columns["name"][i])),
            text(str(columns["set"][i])),
            text(displays.get(str(columns["label"][i]), str(columns["label"][i])) or "nothing"),
            text(
                f"{displays.get(str(columns['suggested'][i]), str(columns['suggested'][i]))} {columns['score'][i]:.2f}"
            ),
            share(float(columns["quality"][i])),
        )
        for i in shown
    )
    lead = (
        f"{whole} labels of the judging sets look wrong beside what the model says (ObjectLab). Label or model is "
        "wrong: a person decides. A wrong label in a judging set falsifies every figure above."
    )
    note = "Quality runs from 0, suspicious, to 1. All of them: data/diagnose/suspicions.parquet."
    return Section("suspicions", title, lead, (Folded("The most suspicious", (Table(head, rows, note=note),)),))


def _name(label: object, displays: Displays) -> str:
    return displays.get(str(label), str(label))
