"""Four questions about a team's way with models, answered from what its repository holds.

The order is that in which they pay: what cannot be made again cannot be governed, what is not governed cannot be
watched to any end, and what is not watched cannot be improved. The next move is that of the first no.
"""

from __future__ import annotations

from dataclasses import dataclass

from detection.rules.assurance.evidence import Evidence


@dataclass(frozen=True, slots=True)
class Question:
    """One question, answered.

    Attributes:
        words: the question.
        holds: yes or no.
        why: what was found.
        move: what to do if the answer is no; ``""`` if it is yes.
    """

    words: str
    holds: bool
    why: str
    move: str


@dataclass(frozen=True, slots=True)
class Maturity:
    """All four, and how many in a row are yes from the first.

    Attributes:
        questions: in their order.
        level: 0 to 4.
        move: of the first no; ``""`` at level 4.
    """

    questions: tuple[Question, ...]
    level: int
    move: str


def matured(evidence: Evidence) -> Maturity:
    """Answer the four questions."""
    questions = (_made_again(evidence), _governed(evidence), _watched(evidence), _improved(evidence))
    level = next((at for at, one in enumerate(questions) if not one.holds), len(questions))
    return Maturity(questions, level, questions[level].move if level < len(questions) else "")


def _made_again(evidence: Evidence) -> Question:
    words = "Could somebody else make this model again, and know that it is good enough?"
    lineage, verdict = evidence.lineage, evidence.verdict
    if lineage is None or verdict is None:
        return Question(words, False, "the pipeline has not run to its end", "dvc repro")
    if not lineage.commit or lineage.changed:
        return Question(words, False, "made from files that are in no commit", "commit, then dvc repro")
    if verdict.verdict != "PASS":
        return Question(words, False, f"the gate says {verdict.verdict}", "detection verdict names the lines to mend")
    return Question(words, True, f"commit {lineage.commit[:12]}, seed {lineage.seed}, the gate says PASS", "")


def _governed(evidence: Evidence) -> Question:
    words = "Is it known what is live, who approved it and on what evidence, and has anybody gone back?"
    governed = evidence.governed
    if governed is None or not governed.live:
        move = "detection registry approve and promote"
        return Question(words, False, "nothing is in Production of any slot of the registry", move)
    if governed.chain:
        return Question(
            words, False, f"the audit log does not hold: {governed.chain}", "bring the registry back from a copy"
        )
    if not any(one.action in ("rollback", "withdraw") for one in governed.periods):
        move = "go back once where it does not hurt: detection registry rollback in an environment dev"
        return Question(words, False, f"{len(governed.live)} slot(s) live; nobody ever went back", move)
    return Question(
        words, True, f"{len(governed.live)} slot(s) live, {governed.approvals} approval(s), gone back before", ""
    )


def _watched(evidence: Evidence) -> Question:
    words = "Would a fall be noticed in the field before a figure of the business drops?"
    live = {one.version.content.digest for one in evidence.governed.live} if evidence.governed else set()
    if not evidence.watched:
        return Question(
            words, False, "nobody watches the field", "detection telemetry receive, then detection monitor decide"
        )
    if evidence.watched not in live:
        return Question(
            words, False, "what is watched is not what is live", "detection monitor decide with the live bundle"
        )
    return Question(words, True, "the live bundle is watched and decided about", "")


def _improved(evidence: Evidence) -> Question:
    words = "Does what is noticed come back as labels, and as a better model?"
    labels = max((one.inputs.evidence.labels_at_hand for one in evidence.decisions), default=0)
    children = [one for one in evidence.governed.versions if one.content.parent] if evidence.governed else []
    if not labels:
        return Question(words, False, "no label of the field came back", "detection review queue, open, close")
    if not children:
        return Question(
            words, False, f"{labels} labels came back; no version follows another", "dvc repro, compare, register"
        )
    return Question(words, True, f"{labels} labels came back, {len(children)} version(s) follow another", "")
