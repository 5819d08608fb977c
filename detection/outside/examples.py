"""Pictures of findings: a few of each kind, with the box in question and what else the annotator drew there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from detection.errors import FrameError, SourceError
from detection.outside import pictures, shards
from detection.outside.pictures import Mark
from detection.rules.evidence.page import Picture, Pictures
from detection.rules.evidence.tone import Tone
from detection.rules.labels.findings.finding import Finding
from detection.rules.labels.findings.kinds import KINDS
from detection.rules.labels.intake.arrivals import Tables

EACH = 6
"""Findings of one kind that are shown."""

WIDTH = 320
"""Pixels of a picture."""

_TONES = {"blocking": Tone.BAD, "warning": Tone.UNSURE}


def of_findings(folder: Path, collected: Tables, findings: Sequence[Finding]) -> tuple[Pictures, ...]:
    """The first findings of each kind that are about a frame whose pixels can be read.

    Args:
        folder: of the shards.
        collected: frames and boxes as they were drawn.
        findings: in any order; kinds that block are shown first.
    """
    album = _Album(folder, collected, {frame: row for row, frame in enumerate(collected.frames.id.tolist())})
    kinds = dict.fromkeys(f.finding for f in sorted(findings, key=lambda f: f.severity != "blocking"))
    shown = []
    for kind in kinds:
        drawn = album.of_kind(_spread([f for f in findings if f.finding == kind and f.frame in album.row_of]))
        if drawn:
            shown.append(Pictures(drawn, title=kind, note=KINDS.get(kind, "")))
    return tuple(shown)


def _spread(findings: Sequence[Finding]) -> list[Finding]:
    """A finding of each frame first, then the others, in the order given."""
    first = {f.frame: place for place, f in reversed(list(enumerate(findings)))}
    return [f for _, f in sorted(enumerate(findings), key=lambda pair: first[pair[1].frame] != pair[0])]


@dataclass(frozen=True, slots=True, eq=False)
class _Album:
    """Where pictures come from; ``row_of`` gives a frame's row by its id."""

    folder: Path
    collected: Tables
    row_of: dict[str, int]

    def of_kind(self, findings: Sequence[Finding]) -> tuple[Picture, ...]:
        shown: list[Picture] = []
        for finding in findings[: 4 * EACH]:
            if len(shown) >= EACH:
                break
            shown += self._pictures(finding)
        return tuple(shown)

    def _pictures(self, finding: Finding) -> list[Picture]:
        """The frame, and the one it is compared with; none if one of them cannot be shown."""
        try:
            said = f"{finding.name}\n{finding.detail}"
            shown = [Picture(self._frame(finding, finding.frame), finding.name, said, _TONES[finding.severity])]
            if finding.other:
                name = str(self.collected.frames.name[self.row_of[finding.other]])
                shown.append(Picture(self._frame(finding, finding.other), name, name, _TONES[finding.severity]))
        except (FrameError, SourceError):
            return []
        return shown

    def _frame(self, finding: Finding, frame: str) -> str:
        frames, row = self.collected.frames, self.row_of[frame]
        place = self.folder / str(frames.shard[row])
        content = shards.read_member(place, int(frames.offset[row]), int(frames.length[row]), frame)
        return pictures.frame(content, self._marks(finding, frame), WIDTH)

    def _marks(self, finding: Finding, frame: str) -> list[Mark]:
        """What the annotator drew in green, below the box in question in red."""
        boxes = self.collected.boxes
        same = (boxes.frame == frame) & ((boxes.annotator == finding.annotator) | (not finding.annotator))
        finite = np.isfinite(boxes.corners).all(axis=1) & (np.abs(boxes.corners) < 1e6).all(axis=1)
        marks = [Mark((x1, y1, x2, y2), pictures.GREEN) for x1, y1, x2, y2 in boxes.corners[same & finite].tolist()]
        if finding.corners is not None and np.isfinite(finding.corners).all():
            x1, y1, x2, y2 = np.clip(finding.corners, -1e6, 1e6).tolist()
            marks.append(Mark((x1, y1, x2, y2), pictures.RED))
        return marks
