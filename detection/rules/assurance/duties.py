"""What a record of the registry is good for, and what nobody may claim from it: in the words that travel with it."""

from __future__ import annotations

from dataclasses import dataclass

from detection.rules.registry.readings import Head
from detection.rules.spec.governance import Governance


@dataclass(frozen=True, slots=True)
class Duty:
    """One rule that asks for records, what of it lies in an export, and what does not."""

    rule: str
    asks: str
    given: str
    not_given: str


DUTIES = (
    Duty(
        "Regulation (EU) 2024/1689 (AI Act), Articles 12 and 19",
        "high-risk systems log events over their life, and the logs are kept for at least six months",
        "every change of what is live, who ordered and approved it, and on what evidence; telemetry by minute lies in "
        "the receiver's store",
        "whether a system is high-risk, and frames themselves: devices keep histograms, not pictures",
    ),
    Duty(
        "Regulation (EU) 2024/1689 (AI Act), Articles 11 and 18",
        "technical documentation is kept for ten years after the system was placed on the market",
        "model card, validation report, verdict, parity certificate and lineage of every version, by digest",
        "the documents of the whole machine that the detector is a part of",
    ),
    Duty(
        "SR letter 26-2 of 17 April 2026 (Federal Reserve, OCC, FDIC), which supersedes SR letters 11-7 and 21-8",
        "banks manage the risk of models by their weight: inventory, validation by others, monitoring, documentation",
        "inventory with risk tiers, validation report with sign-off by somebody else, decisions about the field with "
        "their inputs, history of what was live",
        "independence of people: two keys signed; whether their owners report to one person is not known here",
    ),
)

CLAIMS = (
    "Every change of what is live is one entry; entries carry each other's digests, so that an edit, a deletion, a "
    "swap or an insertion is found by anybody with this folder and SHA-256 alone, unless all that follows was written "
    "anew too.",
    "Every approval and every order bears an Ed25519 signature over the version, the slot and its time, verified with "
    "the people's public keys here: who writes entries anew cannot sign them.",
    "What the tables of the registry said at the time of the export follows from the entries alone, and was compared.",
)
NO_CLAIMS = (
    "That the log was not cut, nor written anew where nobody signs (registrations, pins, exports, what the executor "
    "says): compare head.json with a head that was kept elsewhere.",
    "That versions.json and live.json are as they were exported: they are for reading, entries.jsonl is what counts.",
    "That times are true: they are of the clock of whoever wrote, only never backwards.",
    "That a person is who the people file says: that file is reviewed by people.",
    "That any law is complied with.",
)


def statement(governance: Governance, registry: str, head: Head, exported_at: str) -> str:
    """``STATEMENT.md`` of an export."""
    lines = [
        f"# Record of registry {registry}",
        "",
        f"Exported {exported_at}; {head.number} entries, the last with digest {head.digest}.",
        f"To be kept for {governance.records.retention_days} days after the last version in it has left Production "
        f"(specs/spec.yaml, governance.records). Owner: {governance.owner}.",
        "",
        "## What is claimed",
        *(f"- {one}" for one in CLAIMS),
        "",
        "## What is not claimed",
        *(f"- {one}" for one in NO_CLAIMS),
        "",
        "## Duties",
    ]
    for one in DUTIES:
        lines += ["", f"**{one.rule}**: {one.asks}.", f"- here: {one.given}", f"- not here: {one.not_given}"]
    return "\n".join(lines) + "\n"
