"""The registry as MLflow shows it: registered models, versions with tags, an alias a slot."""

from __future__ import annotations

from collections.abc import Sequence

from mlflow.entities.model_registry import ModelVersion

from detection.outside.mlflow.client import MlflowClient, TrackerError, translated
from detection.rules.tracking.mirror import Mirrored, Tag

OURS = "detection.registry"
"""Tag of a registered model: the id of the registry that it mirrors. Models without it are left alone."""
_PREFIX = "detection."


class MlflowMirror:
    """A registry's mirror in one MLflow store."""

    def __init__(self, client: MlflowClient, address: str, registry: str) -> None:
        """Mirror the registry of this id through a client of this address."""
        self._client, self._address, self._registry = client, address, registry

    def read(self) -> tuple[Mirrored, ...]:
        """What the mirror shows now, by model and age.

        Raises:
            TrackerError: the store cannot be asked.
        """
        with translated(self._address):
            return tuple(one for name in self._models() for one in self._versions(name))

    def write(self, wanted: Sequence[Mirrored]) -> int:
        """Make the mirror show this; what shows it already is not touched.

        Returns:
            How many versions were added, changed or removed.

        Raises:
            TrackerError: the store cannot be reached or refuses, or a model of this name is not ours.
        """
        there = {one.digest: one for one in self.read()}
        asked = {one.digest: one for one in wanted}
        stale = [one for digest, one in there.items() if digest not in asked]
        changed = [one for one in wanted if there.get(one.digest) != one]
        with translated(self._address):
            for one in stale:
                self._client.delete_model_version(one.model, self._number(one))
            for one in changed:
                self._require_ours(one.model)
                self._show(one, there.get(one.digest))
            for one in changed:
                self._point(one)
        return len(stale) + len(changed)

    def clear(self) -> None:
        """Remove the whole mirror; runs and foreign models stay.

        Raises:
            TrackerError: the store cannot be reached or refuses.
        """
        with translated(self._address):
            for name in self._models():
                self._client.delete_registered_model(name)

    def _show(self, wanted: Mirrored, found: Mirrored | None) -> None:
        tags = {f"{_PREFIX}{tag.name}": tag.value for tag in wanted.tags}
        if found is None:
            source = f"detection:///{wanted.digest}"
            self._client.create_model_version(wanted.model, source, tags=tags, description=_described(wanted))
            return
        number = self._number(wanted)
        for tag in set(found.tags) - set(wanted.tags):
            if f"{_PREFIX}{tag.name}" not in tags:
                self._client.delete_model_version_tag(wanted.model, number, f"{_PREFIX}{tag.name}")
        for tag in set(wanted.tags) - set(found.tags):
            self._client.set_model_version_tag(wanted.model, number, f"{_PREFIX}{tag.name}", tag.value)
        for alias in set(found.aliases) - set(wanted.aliases):
            if self._client.get_model_version_by_alias(wanted.model, alias).version == number:
                self._client.delete_registered_model_alias(wanted.model, alias)

    def _point(self, wanted: Mirrored) -> None:
        for alias in wanted.aliases:
            self._client.set_registered_model_alias(wanted.model, alias, self._number(wanted))

    def _models(self) -> list[str]:
        filters = f"tags.`{OURS}` = '{self._registry}'"
        return sorted(str(one.name) for one in self._client.search_registered_models(filters, max_results=1000))

    def _require_ours(self, name: str) -> None:
        found = self._client.search_registered_models(f"name = '{name}'")
        if not found:
            self._client.create_registered_model(
                name, {OURS: self._registry}, "Mirror of detection's registry; never edit."
            )
        elif found[0].tags.get(OURS) != self._registry:
            raise TrackerError(
                f"{self._address}: has a model {name!r} that is no mirror of this registry; rename it there, or choose "
                "another tracker in params.yaml (track.tracker)"
            )

    def _versions(self, name: str) -> list[Mirrored]:
        aliases: dict[str, list[str]] = {}
        for alias, number in self._client.get_registered_model(name).aliases.items():
            aliases.setdefault(str(number), []).append(str(alias))
        found = sorted(self._all(name), key=lambda one: int(one.version))
        return [_mirrored(one, sorted(aliases.get(str(one.version), []))) for one in found]

    def _all(self, name: str) -> list[ModelVersion]:
        found: list[ModelVersion] = []
        token = None
        while True:
            page = self._client.search_model_versions(f"name = '{name}'", max_results=1000, page_token=token)
            found += list(page)
            token = page.token
            if not token:
                return found

    def _number(self, wanted: Mirrored) -> str:
        filters = f"name = '{wanted.model}' and tags.`{_PREFIX}digest` = '{wanted.digest}'"
        return str(self._client.search_model_versions(filters)[0].version)


def _mirrored(version: ModelVersion, aliases: list[str]) -> Mirrored:
    tags = {
        str(name).removeprefix(_PREFIX): str(value) for name, value in version.tags.items() if name.startswith(_PREFIX)
    }
    ordered = tuple(sorted(Tag(name, value) for name, value in tags.items()))
    return Mirrored(str(version.name), tags.get("digest", str(version.source)), ordered, tuple(aliases))


def _described(wanted: Mirrored) -> str:
    said = {tag.name: tag.value for tag in wanted.tags}
    return f"{said['version']} ({said['verdict']}), bundle {wanted.digest[:12]}"
