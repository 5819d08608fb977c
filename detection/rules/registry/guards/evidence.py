"""Is the version good enough: its verdict, its certificate, its comparison with what is live now?"""

from __future__ import annotations

from detection.rules.registry.guards.case import Case, title
from detection.rules.registry.refusals import Refusal
from detection.rules.registry.situations import Compared


def verdict(case: Case) -> tuple[Refusal, ...]:
    """The gate passed exactly this version, by the specification of today."""
    content = case.version.content
    if content.verdict != "PASS":
        words = f"the gate's verdict on version {case.title} is {content.verdict}, not PASS; see detection verdict"
        return (Refusal("verdict-not-green", words),)
    return specification(case)


def specification(case: Case) -> tuple[Refusal, ...]:
    """The guards of today are those by which the version was judged: whoever wants others has it judged again.

    Asked of every promotion, whatever the guards are: else a guard could be had out of the way by writing it out of
    ``specs/spec.yaml`` for as long as a promotion takes.
    """
    content = case.version.content
    if content.spec_digest == case.now.spec_digest:
        return ()
    words = f"version {case.title} was judged by spec {content.spec_digest[:12]}, today's is"
    return (Refusal("spec-changed", f"{words} {case.now.spec_digest[:12]}; judge it again: dvc repro"),)


def parity(case: Case) -> tuple[Refusal, ...]:
    """Training, export and device were shown to see and say the same."""
    if case.version.content.parity:
        return ()
    words = f"version {case.title} has no parity certificate that holds for its runtime and models; run dvc repro"
    return (Refusal("parity-missing", words),)


def comparison(case: Case) -> tuple[Refusal, ...]:
    """It was compared with what is live now, and won; where nothing is live, there is nothing to win against.

    Of several comparisons with the same version each must advise to promote: nobody may go on drawing until one does.
    """
    live = case.situation.live
    if live is None:
        return ()
    at_hand = compared_now(case)
    if not at_hand:
        words = f"no comparison of version {case.title} with {title(live)}, which is live now; make one"
        return (Refusal("not-compared", f"{words}: detection compare, and hand it over with --comparison"),)
    kept = [one for one in at_hand if one.advice != "PROMOTE"]
    if kept:
        words = f"the comparison with {title(live)}, which is live, says {kept[0].advice}: {kept[0].headline}"
        return (Refusal("comparison-says-keep", words),)
    return ()


def compared_now(case: Case) -> list[Compared]:
    """Comparisons of this version with what is live now."""
    live = case.situation.live
    if live is None:
        return []
    pair = live.content.digest, case.version.content.digest
    return [one for one in case.now.compared if (one.champion, one.challenger) == pair]
