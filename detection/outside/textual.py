"""The screen on which a policy is explored. Shows and asks; what is decided stands in ``rules.field.retrain``."""

from __future__ import annotations

from dataclasses import replace
from typing import ClassVar, get_args

from rich.markup import escape
from rich.text import Text
from textual import on
from textual.app import App, ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal, VerticalScroll
from textual.widgets import Footer, Header, Input, Label, Select, Static

from detection.rules.field.retrain.deciding import decide
from detection.rules.field.retrain.decision import Action, Decision
from detection.rules.field.retrain.evidence import Labels, Standing
from detection.rules.field.retrain.exploring import Day, Situation, evidence_of, past_of, stretches, year
from detection.rules.field.retrain.policy import Policy

STYLES = {
    Action.KEEP: "green", Action.SAMPLE: "cyan", Action.INVESTIGATE: "yellow", Action.PROPOSE: "magenta",
    Action.ROLL_BACK: "red",
}  # fmt: skip
LETTERS = {
    Action.KEEP: "·", Action.SAMPLE: "s", Action.INVESTIGATE: "i", Action.PROPOSE: "P", Action.ROLL_BACK: "R"
}  # fmt: skip
WEEK = 7

_CHOICES = {
    "drift": ("drift of a camera", ("none", "warning", "alarm")),
    "labels": ("labels say of it", get_args(Labels)),
    "objective": ("an objective is", get_args(Standing)),
}
_NUMBERS = {
    "age_days": "release live for, days",
    "since_proposal_days": "last proposal, days ago",
    "at_hand": "labelled frames at hand",
}
_TRIED = {
    "staleness_days": "stale after, days", "cooldown_days": "cooldown, days", "breaker_proposals": "breaker, proposals",
    "breaker_days": "breaker, within days",
}  # fmt: skip
_TICKS = {"covered": "the camera is covered"}
_FIELDS = {"drift_triggers": "drift", "slo_triggers": "slo_breach"}
_ANSWERS: dict[str, object] = {"yes": True, "no": False}
_TRIED_TICKS = {"drift_triggers": "drift triggers", "slo_triggers": "objectives trigger"}


class Explorer(App[None]):
    """Change the world or the policy; see what would be decided now, and on each day of the year that follows."""

    TITLE = "detection policy"
    SUB_TITLE = "what would be done about it? Nothing here is stored"
    BINDINGS: ClassVar[list[BindingType]] = [("q", "quit", "Quit"), ("ctrl+r", "afresh", "As the spec says")]
    CSS = """
    #asked { width: 42; border-right: solid $primary; padding: 0 1; }
    #told { padding: 0 2; }
    .row { height: 1; }
    .row Label { width: 24; }
    .row Select, .row Input { width: 1fr; }
    .head { text-style: bold; margin-top: 1; }
    Static { height: auto; margin-bottom: 1; }
    """

    def __init__(self, policy: Policy) -> None:
        """Start from a policy, in a quiet world."""
        super().__init__()
        self._stated = policy
        self.policy = policy
        self.situation = Situation()

    def compose(self) -> ComposeResult:
        """Questions on the left, answers on the right."""
        yield Header()
        with Horizontal():
            with VerticalScroll(id="asked"):
                yield Label("the world", classes="head")
                for name, (words, choices) in _CHOICES.items():
                    yield _row(words, _choice(name, choices, getattr(self.situation, name)))
                for name, words in _NUMBERS.items():
                    yield _row(words, _number(name, getattr(self.situation, name)))
                for name, words in _TICKS.items():
                    yield _row(words, _choice(name, tuple(_ANSWERS), "no"))
                yield Label("the policy", classes="head")
                for name, words in _TRIED_TICKS.items():
                    yield _row(words, _choice(name, tuple(_ANSWERS), "yes" if self._field(name) else "no"))
                for name, words in _TRIED.items():
                    yield _row(words, _number(name, self._field(name)))
            with VerticalScroll(id="told"):
                yield Static(id="now")
                yield Static(id="year")
        yield Footer()

    def on_mount(self) -> None:
        """Show the answer to what is asked at first."""
        self._answer()

    @on(Select.Changed)
    def _chosen(self, event: Select.Changed) -> None:
        self._change(event.select.id or "", _ANSWERS.get(str(event.value), event.value))

    @on(Input.Changed)
    def _typed(self, event: Input.Changed) -> None:
        name, text = event.input.id or "", event.value.strip()
        if text.isdecimal() and len(text) <= 5:
            self._change(name, int(text))
        elif not text and name == "since_proposal_days":
            self._change(name, None)

    def action_afresh(self) -> None:
        """Everything as it was at first."""
        self.policy, self.situation = self._stated, Situation()
        self.refresh(recompose=True)
        self.call_after_refresh(self._answer)

    def _change(self, name: str, value: object) -> None:
        fields: dict[str, object] = {_FIELDS.get(name, name): value}
        if name in _TRIED or name in _TRIED_TICKS:
            self.policy = replace(self.policy, **fields)  # type: ignore[arg-type]
        else:
            self.situation = replace(self.situation, **fields)  # type: ignore[arg-type]
        self._answer()

    def _answer(self) -> None:
        evidence, past = evidence_of(self.situation), past_of(self.situation)
        self.query_one("#now", Static).update(told(decide(evidence, self.policy, past)))
        self.query_one("#year", Static).update(calendar(year(evidence, self.policy, past), self._weeks()))

    def on_resize(self) -> None:
        """Fit the calendar to the screen."""
        if self.query("#year"):
            self._answer()

    def _weeks(self) -> int:
        """Weeks that fit beside each other."""
        return max(2, min(8, (self.size.width - 56) // (WEEK + 1)))

    def _field(self, name: str) -> int:
        """A number of the policy, by the name of its widget."""
        return int(getattr(self.policy, _FIELDS.get(name, name)))


def told(decision: Decision) -> str:
    """A decision as marked-up text."""
    style = STYLES[decision.action]
    lines = [f"[bold {style}]{decision.action.value}[/]", ""]
    lines += [f"because {escape(ground.words)}" for ground in decision.grounds]
    lines += [f"[dim]held back: {escape(ground.words)}[/]" for ground in decision.held_back]
    if decision.labels_wanted:
        lines.append(f"{decision.labels_wanted} frames to label: {decision.label_hours:g} h of a person's time")
    return "\n".join(lines)


def calendar(days: tuple[Day, ...], wide: int = 8) -> str:
    """A year as letters, so many weeks a row, and what its stretches are."""
    letters = [f"[{STYLES[one.decision.action]}]{LETTERS[one.decision.action]}[/]" for one in days]
    weeks = ["".join(letters[i : i + WEEK]) for i in range(0, len(letters), WEEK)]
    rows = [f"{WEEK * i:>4}  " + " ".join(weeks[i : i + wide]) for i in range(0, len(weeks), wide)]
    names = "  ".join(f"[{STYLES[action]}]{letter}[/] {action.value}" for action, letter in LETTERS.items())
    found = stretches(days)
    said = [
        f"day {first.day:>3}: {first.decision.action.value} for {length} d ({', '.join(_causes(first))})"
        for first, length in found[:8]
    ]
    more = [f"and {len(found) - 8} more"] if len(found) > 8 else []
    title = "[bold]if the world stays so and nobody acts[/] (365 days, a letter each)"
    return "\n".join([title, names, "", *rows, "", *said, *more])


def printed(policy: Policy) -> str:
    """The policy and a year of each trigger as plain text, for where there is no screen."""
    worlds = {
        "quiet": Situation(),
        "an alarm of drift": Situation(drift="alarm"),
        "an alarm, and labels say that accuracy holds": Situation(drift="alarm", labels="hold"),
        "an objective is breached": Situation(objective="breached"),
        "the camera is covered": Situation(drift="alarm", covered=True),
    }
    lines = ["\n".join(f"{name:22} {getattr(policy, name)}" for name in policy.__slots__)]
    for name, situation in worlds.items():
        played = calendar(year(evidence_of(situation), policy, past_of(situation)))
        now = told(decide(evidence_of(situation), policy, past_of(situation)))
        lines.append(f"[bold]{name}[/]\n{now}\n{played}")
    return Text.from_markup("\n\n".join(lines)).plain


def _causes(day: Day) -> list[str]:
    return list(dict.fromkeys(ground.cause for ground in day.decision.grounds))


def _row(words: str, widget: Select[str] | Input) -> Horizontal:
    return Horizontal(Label(words), widget, classes="row")


def _choice(name: str, choices: tuple[str, ...], value: str) -> Select[str]:
    return Select([(one, one) for one in choices], value=value, allow_blank=False, compact=True, id=name)


def _number(name: str, value: int | None) -> Input:
    return Input(
        "" if value is None else str(value), placeholder="never", type="integer", max_length=5, compact=True, id=name
    )


def explore(policy: Policy) -> None:
    """Show the screen until it is left."""
    Explorer(policy).run()
