"""Where a model comes from: the digests of everything that made it, as values and for people."""

from __future__ import annotations

from dataclasses import dataclass

from detection.rules.evidence.page import Section
from detection.rules.evidence.tables import Column, Table, code, text


@dataclass(frozen=True, slots=True)
class Digest:
    """One file, or one set of files, and its SHA-256 in lower-case hex."""

    name: str
    sha256: str


@dataclass(frozen=True, slots=True)
class Package:
    """An installed package that the result depends on."""

    name: str
    version: str


@dataclass(frozen=True, slots=True)
class Lineage:
    """``data/report/lineage.json``: enough to make the model again, or to notice that one cannot.

    Attributes:
        data: tables and shards that were read.
        code: SHA-256 over the package's files: sorted ``<sha256>  <path>`` lines.
        configuration: specification, parameters and pinned requirements.
        models: the exported variants.
        commit: git commit of the checkout; empty outside one.
        changed: whether tracked files differ from that commit.
        python: version of the interpreter.
        platform: operating system and processor architecture.
        packages: those the numbers depend on.
        seed: of training.
        threads: of training; one and two threads give different weights.
    """

    data: tuple[Digest, ...]
    code: str
    configuration: tuple[Digest, ...]
    models: tuple[Digest, ...]
    commit: str
    changed: bool
    python: str
    platform: str
    packages: tuple[Package, ...]
    seed: int
    threads: int


def section(lineage: Lineage) -> Section:
    """Data, code, configuration, environment and seed."""
    digests = (
        *((f"Data, {d.name}", d.sha256) for d in lineage.data),
        ("Code, all files of the package", lineage.code),
        *((f"Configuration, {d.name}", d.sha256) for d in lineage.configuration),
        *((f"Model, {d.name}", d.sha256) for d in lineage.models),
    )
    table = Table(
        (Column("What"), Column("SHA-256")),
        tuple((text(name), code(value)) for name, value in digests),
        title="Digests",
    )
    commit = lineage.commit + (", with changes that are not committed" if lineage.changed else "")
    environment = (
        ("Commit", commit or "not in a git checkout"),
        ("Python", lineage.python),
        ("Platform", lineage.platform),
        ("Seed", str(lineage.seed)),
        ("Threads", str(lineage.threads)),
        *((p.name, p.version) for p in lineage.packages),
    )
    rows = tuple((text(name), text(value)) for name, value in environment)
    lead = "What this model was made from. The same of all of these on one machine gives the same weights, bit for bit."
    return Section(
        "lineage", "Lineage", lead, (table, Table((Column("Environment"), Column("Value")), rows, title="Environment"))
    )
