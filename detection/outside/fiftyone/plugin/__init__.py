"""What FiftyOne's App offers a reviewer: four decisions, and a panel that says how far the session is.

Loaded by FiftyOne's server as a plugin. A decision is written at once, with its time; of the frames selected, or of the
frame that is open.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import fiftyone.operators as operators
import fiftyone.operators.types as types
from bson import ObjectId

WORDS = {
    "accept": ("Accept", "check_circle", "The boxes are right, all of them and no more."),
    "fix": ("Fixed", "edit", "The boxes are right now, after editing."),
    "reject": ("Reject", "cancel", "Nothing of interest is in the frame."),
    "unsure": ("Not sure", "help", "Somebody else must look."),
}
"""Each decision: what its button says, its icon, and what it means."""


def decide(ctx: Any, decision: str) -> int:
    """Write a decision on the frames selected, or on the frame that is open; how many it was."""
    chosen = list(ctx.selected or ([ctx.current_sample] if ctx.current_sample else []))
    if not chosen:
        ctx.ops.notify("Select frames first, or open one.", variant="warning")
        return 0
    told = {"decision": decision, "decided_at": datetime.now(UTC).replace(tzinfo=None)}
    these = {"_id": {"$in": [ObjectId(one) for one in chosen]}}
    # past FiftyOne, which would make it a new version: boxes edited next in the same tab would be refused as stale
    ctx.dataset._sample_collection.update_many(these, {"$set": told})
    ctx.dataset.reload()
    ctx.ops.reload_samples()
    ctx.ops.notify(f"{WORDS[decision][0]}: {len(chosen)} frame(s).", variant="success")
    return len(chosen)


class Decide(operators.Operator):  # type: ignore[misc]
    """One decision as a button over the grid and in an opened frame."""

    decision = ""

    @property
    def config(self) -> Any:
        """How the App shows it."""
        label, icon, meaning = WORDS[self.decision]
        return operators.OperatorConfig(
            name=self.decision, label=f"Review: {label}", icon=f"/{icon}.svg", description=meaning
        )

    def resolve_placement(self, ctx: Any) -> Any:
        """A button among the actions of the grid."""
        label, icon, meaning = WORDS[self.decision]
        return types.Placement(
            types.Places.SAMPLES_GRID_SECONDARY_ACTIONS,
            types.Button(label=f"{label}: {meaning}", icon=icon, prompt=False),
        )

    def execute(self, ctx: Any) -> dict[str, int]:
        """Decide."""
        return {"frames": decide(ctx, self.decision)}


class Accept(Decide):
    """The boxes are right as they are."""

    decision = "accept"


class Fix(Decide):
    """The boxes are right after editing."""

    decision = "fix"


class Reject(Decide):
    """Nothing is there."""

    decision = "reject"


class Unsure(Decide):
    """Somebody else must look."""

    decision = "unsure"


class Progress(operators.Panel):  # type: ignore[misc]
    """How far the session is, why this frame is here, and the four decisions."""

    @property
    def config(self) -> Any:
        """How the App shows it."""
        return operators.PanelConfig(
            name="progress", label="Review", icon="fact_check", surfaces="grid modal", allow_multiple=False
        )

    def on_load(self, ctx: Any) -> None:
        """Count anew."""
        self._tell(ctx)

    def on_change_current_sample(self, ctx: Any) -> None:
        """Tell of the frame that was opened."""
        self._tell(ctx)

    def on_accept(self, ctx: Any) -> None:
        """Decide, and count anew."""
        self._decided(ctx, "accept")

    def on_fix(self, ctx: Any) -> None:
        """Decide, and count anew."""
        self._decided(ctx, "fix")

    def on_reject(self, ctx: Any) -> None:
        """Decide, and count anew."""
        self._decided(ctx, "reject")

    def on_unsure(self, ctx: Any) -> None:
        """Decide, and count anew."""
        self._decided(ctx, "unsure")

    def render(self, ctx: Any) -> Any:
        """The panel."""
        panel = types.Object()
        panel.str("told", view=types.MarkdownView(read_only=True))
        for decision, (label, _, meaning) in WORDS.items():
            panel.btn(decision, label=f"{label}: {meaning}", on_click=getattr(self, f"on_{decision}"))
        return types.Property(panel, view=types.GridView(orientation="vertical", align_x="left", gap=1))

    def _decided(self, ctx: Any, decision: str) -> None:
        """Decide, unless another tab has decided on the open frame since this panel told of it."""
        shown = ctx.panel.get_state("shown") or {}
        opened = ctx.current_sample if not ctx.selected else None
        now = (ctx.dataset[opened].decision or "") if opened and opened == shown.get("frame") else None
        if now is not None and now != shown.get("decision"):
            word = WORDS[now][0] if now in WORDS else "nothing"
            ctx.ops.notify(f"Decided in another tab meanwhile: {word}. Look again; a second click decides anew.",
                           variant="warning")  # fmt: skip
        else:
            decide(ctx, decision)
        self._tell(ctx)

    def _tell(self, ctx: Any) -> None:
        counts = ctx.dataset.count_values("decision")
        total = len(ctx.dataset)
        done = sum(count for name, count in counts.items() if name)
        lines = [f"**{done} of {total} frames decided** by {ctx.dataset.info.get('annotator', '')}"]
        lines += [f"{WORDS[name][0]}: {count}" for name, count in sorted(counts.items(), key=str) if name in WORDS]
        if ctx.current_sample:
            sample = ctx.dataset[ctx.current_sample]
            blind = "reviewed blind: draw every object" if sample.reason == "control" else (sample.detail or "")
            due = sample.due_at.strftime("%Y-%m-%d %H:%M") if sample.due_at else ""
            ctx.panel.set_state("shown", {"frame": ctx.current_sample, "decision": sample.decision or ""})
            lines.append(
                f"This frame: {sample.reason}. {blind}  \nDue {due} UTC. Decision: {sample.decision or 'none'}"
            )
        ctx.panel.state.told = "\n\n".join(lines)


def register(plugin: Any) -> None:
    """Called by FiftyOne's server."""
    for part in (Accept, Fix, Reject, Unsure, Progress):
        plugin.register(part)
