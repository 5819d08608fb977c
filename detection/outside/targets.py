"""The devices a model must run on: the files of ``specs/targets``, read together."""

from __future__ import annotations

from pathlib import Path

from detection.errors import DocumentError
from detection.outside import documents
from detection.rules.spec import targets
from detection.rules.spec.targets import Target

FOLDER = Path("specs/targets")


def read_targets(folder: Path = FOLDER) -> tuple[Target, ...]:
    """Every target, the one with the reference variant first, the others by name.

    Raises:
        DocumentError: no target, or any number of faults in all files together.
    """
    paths = sorted(folder.glob("*.yaml"))
    if not paths:
        raise DocumentError(f"{folder}: holds no target (*.yaml); copy one of {FOLDER}/examples and adapt it")
    read: list[Target] = []
    faults: list[str] = []
    for path in paths:
        try:
            target = documents.read_document(Target, path)
        except DocumentError as error:
            faults += error.faults or [error.headline]
            continue
        if target.id != path.stem:
            faults.append(f"{path}: id is {target.id!r}; expected the file's name, {path.stem!r}")
        read.append(target)
    faults += [] if faults else targets.disagreements(read)
    if faults:
        raise DocumentError(f"{folder}: the targets do not fit together; mend them", faults)
    return tuple(sorted(read, key=lambda target: not targets.is_reference(target)))
