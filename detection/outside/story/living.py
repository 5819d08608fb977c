"""A year, lived week by week: a release runs, a monitor watches, people decide and look, a challenger comes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path

from detection.edge.trust.bundle import Bundle
from detection.outside.decisions import Ledger
from detection.outside.story import album, asking, running, watching
from detection.outside.story.album import Month
from detection.outside.story.asking import Asking, Desk, Reviewed, moment
from detection.outside.story.frames import Scene, Year
from detection.outside.story.running import Ran, Site
from detection.outside.story.saying import labels_of
from detection.outside.story.watching import Monitor, alarms, day_of, monitor_of, told
from detection.rules.field.accuracy.concept import diagnose
from detection.rules.field.accuracy.objectives import stand
from detection.rules.field.retrain.decision import Action
from detection.rules.field.retrain.evidence import Live
from detection.rules.field.retrain.gathering import Seen, gathered
from detection.rules.field.retrain.policy import Policy, policy_of
from detection.rules.field.retrain.records import Record
from detection.rules.field.story.chronicle import Happening, What
from detection.rules.field.story.plan import Plan
from detection.rules.field.watching.findings import Findings
from detection.rules.spec.spec import Spec

LOOKS = (Action.PROPOSE, Action.SAMPLE)
"""Decisions upon which people look at frames."""


@dataclass(frozen=True, slots=True)
class Terms:
    """What a year is lived by.

    Attributes:
        plan: the story's.
        spec: of the first release.
        spec_path: its file.
        out: where everything is kept.
        say: tells people how far it is.
    """

    plan: Plan
    spec: Spec
    spec_path: Path
    out: Path
    say: Callable[[str], None]

    @property
    def policy(self) -> Policy:
        """By which decisions are taken."""
        return policy_of(self.spec.model_copy(update={"retraining": self.plan.retraining(self.spec)}))

    @property
    def kinds(self) -> tuple[str, ...]:
        """The release's classes, then the one that only people know."""
        return tuple(one.id for one in self.plan.classes(self.spec))


@dataclass(frozen=True, slots=True)
class Challenger:
    """What came out of a retraining.

    Attributes:
        bundle: the release; None if it may not replace the champion.
        words: why, in a sentence.
    """

    bundle: Bundle | None
    words: str


Retrain = Callable[[Sequence[Reviewed]], Challenger]


@dataclass(slots=True, eq=False)
class Life:
    """One year as it goes on.

    Attributes:
        terms: what it is lived by.
        year: what is before the cameras.
        first: the release it begins with.
        retrain: makes a challenger from what people answered; None for a year in which nobody may.
        ran: periods of the first release, then those of the second.
        happenings: in order.
        findings: of each release, at the end.
    """

    terms: Terms
    year: Year
    first: Bundle
    retrain: Retrain | None
    ran: list[Ran] = field(default_factory=list)
    after: list[Ran] = field(default_factory=list)
    happenings: list[Happening] = field(default_factory=list)
    reviewed: list[Reviewed] = field(default_factory=list)
    second: Bundle | None = None
    live: date | None = None
    findings: list[Findings] = field(default_factory=list)
    _monitor: Monitor | None = None
    _agreed: bool = False
    _waiting: bool = False
    _said: str = ""
    _wanted: int = 0
    _made: int = 0
    _seen: set[tuple[str, bool]] = field(default_factory=set)

    @property
    def folder(self) -> Path:
        """Of this year."""
        return self.terms.out / ("control" if self.year.crates_from is None else "year")

    @property
    def months(self) -> list[Month]:
        """It is lived month by month."""
        plan = self.terms.plan
        classes = tuple(plan.classes(self.terms.spec))
        return [
            Month(self.year, first, days, classes, self.folder / "frames" / first.isoformat())
            for first, days in album.parts(plan.first_day, plan.days)
        ]

    def run(self, shown: Iterator[Sequence[Scene]]) -> None:
        """Live it.

        Args:
            shown: what each of :attr:`months` shows; another life's may follow.
        """
        plan = self.terms.plan
        self._happened(plan.first_day, "live", f"release {self.first.manifest.counter} runs", self.first.digest)
        if self.year.crates_from is not None:
            self._happened(plan.crates_from, "crates", "the first crates ride on the belt; nobody taught the release")
        for month in self.months:
            self.terms.say(f"{self.folder.name}: {month.first:%B %Y}")
            self._month(month, next(shown))
        self._findings()
        self.happenings.sort(key=lambda one: one.day)

    def _month(self, month: Month, scenes: Sequence[Scene]) -> None:
        plan, first, folder = self.terms.plan, month.first, month.folder
        end = first + timedelta(days=month.days)
        if self.live is None or self.live > first:
            until = end if self.live is None else min(end, self.live)
            self.ran.append(self._play(self.first, scenes, folder, (first, until)))
        for day in watching.week_ends(first, end, plan.watch.windows[0].length_s):
            if self.second is None and day > plan.baseline_end:
                self._week(day)
        if self.live is not None and self.live < end:
            since = max(first, self.live)
            self.ran[-1] = self.ran[-1].before(since)
            self.after.append(self._play(self.second or self.first, scenes, folder, (since, end)))

    def _play(self, bundle: Bundle, scenes: Sequence[Scene], folder: Path, days: tuple[date, date]) -> Ran:
        plan, counter = self.terms.plan, bundle.manifest.counter
        chosen = [scene for scene in scenes if days[0] <= scene.day < days[1]]
        place = self.folder / f"release-{counter}"
        site = Site(bundle, place, plan.frames_per_day, plan.reviewing.control_share)
        return running.run(site, chosen, folder, days[0])

    def _week(self, day: date) -> None:
        plan, spec = self.terms.plan, self.terms.spec
        if self._monitor is None:
            baseline = plan.first_day, plan.baseline_end
            self._monitor = monitor_of(self.ran, plan.monitoring(spec), baseline)
            self._happened(
                plan.baseline_end, "baseline", f"{plan.watch.baseline_days} days accepted as each camera's own"
            )
        known = self._monitor.known(told(self.ran), day)
        self._tell(known, day)
        record = self._decide(known, day)
        if self.retrain is not None:
            self._act(record, day)

    def _decide(self, known: Findings, day: date) -> Record:
        terms = self.terms
        back = [one for one in self.reviewed if one.back <= day]
        labels = labels_of(back, self.ran, terms.kinds)
        monitoring = terms.spec.monitoring
        seen = Seen(known.incidents, diagnose(known, labels, monitoring), stand(monitoring.objectives, labels))
        frames_run = sum(len(one.scenes) for one in self.ran)
        live = Live(self.first.digest, moment(terms.plan.first_day), "", False, frames_run, 0, None)
        evidence = gathered(moment(day), live, seen, len(labels))
        record = Ledger(self.folder / "decisions").decide(evidence, terms.policy, moment(day))
        words = f"{record.decision.action.value}: {'; '.join(one.words for one in record.decision.grounds[:2])}"
        if record.decision.action is not Action.KEEP and words != self._said:
            self._happened(day, "decision", words, record.id)
        self._said = words
        return record

    def _act(self, record: Record, day: date) -> None:
        """What people do about a decision: look at frames, agree to a challenger, or wait for proof of a loss."""
        self._answer(record, day)
        back = [one for one in self.reviewed if one.back <= day]
        labelled = sum(len(one.queue.items) for one in back)
        wanted = self._wanted or self.terms.plan.reviewing.labels_wanted
        if self._agreed and labelled >= wanted and self.retrain is not None:
            self._replace(self.retrain(back), day, labelled)
        elif (record.decision.action in LOOKS or self._waiting or self._agreed) and len(back) == len(self.reviewed):
            self._look(record, day)

    def _answer(self, record: Record, day: date) -> None:
        """A person agrees to retrain once labels prove that it is needed; until then they look on, and say so."""
        if record.decision.action is not Action.PROPOSE:
            return
        slo = any(ground.cause == "slo" for ground in record.decision.grounds)
        worse = any(drift.labels == "worse" for drift in record.inputs.evidence.drifts)
        if not self._agreed and (slo or worse):
            self._agreed, self._waiting = True, False
            self._happened(day, "agreed", "labels prove the loss: somebody agrees to a challenger", record.id)
        self._waiting = not self._agreed
        words = "no label proves a loss yet: frames drawn at random are looked at first"
        words = "a challenger is agreed to; its labels are being made" if self._agreed else words
        Ledger(self.folder / "decisions").look("quality", words, moment(day))

    def _look(self, record: Record, day: date) -> None:
        plan, known = self.terms.plan, frozenset(i.frame for one in self.reviewed for i in one.queue.items)
        desk = Desk(plan, self.terms.spec, self.terms.spec_path, self.folder)
        found = asking.review(desk, self.year, self.ran, record, Asking(self._agreed, known))
        self.reviewed.append(found)
        reasons = ", ".join(sorted({item.reason for item in found.queue.items}))
        self._happened(day, "queue", f"{len(found.queue.items)} frames to look at: {reasons}", found.queue.id)
        counted = ", ".join(f"{count} {kind}" for kind, count in found.kinds.items())
        self._happened(found.back, "labels", f"reviewers drew {counted}", found.queue.id)

    def _replace(self, challenger: Challenger, day: date, labelled: int) -> None:
        self._happened(day, "trained", challenger.words)
        self._made += 1
        if challenger.bundle is None:
            self._wanted = labelled + self.terms.plan.reviewing.labels_again
            self.retrain = self.retrain if self._made < self.terms.plan.reviewing.challengers else None
            return
        self.second = challenger.bundle
        self.live = day + timedelta(days=self.terms.plan.day_to_live_days)
        counter = challenger.bundle.manifest.counter
        self._happened(self.live, "promoted", f"release {counter} has reached all cameras", challenger.bundle.digest)

    def _tell(self, known: Findings, day: date) -> None:
        for one in known.incidents:
            signals = ", ".join(one.signals)
            if (one.id, False) not in self._seen:
                self._seen.add((one.id, False))
                self._happened(day_of(one.opened_s), "incident", f"{one.camera}: {signals} moved", one.id)
        for one in alarms(known.incidents):
            if (one.id, True) not in self._seen:
                self._seen.add((one.id, True))
                moved = ", ".join(one.signals)
                self._happened(day, "alarm", f"{one.camera}: {moved}", one.id)

    def _findings(self) -> None:
        """Of each release; the second's cameras are accepted anew, as the first's were."""
        plan = self.terms.plan
        end = plan.last_day + timedelta(days=1)
        if self._monitor is not None:
            self.findings.append(self._monitor.known(told(self.ran), end))
        if self.after and self.live is not None:
            accepted = self.live, min(end, self.live + timedelta(days=plan.watch.baseline_days))
            after = monitor_of(self.after, plan.monitoring(self.terms.spec), accepted)
            self.findings.append(after.known(told(self.after), end))

    def _happened(self, day: date, what: What, words: str, name: str = "") -> None:
        self.happenings.append(Happening(day, what, words, name))
        if what not in ("live", "crates"):
            self.terms.say(f"{self.folder.name}: {day}: {what}: {words}")
