"""``detection registry migrate``: the database's tables become those of this program's version."""

from __future__ import annotations

from detection.commands.registry.options import RegistryUrl
from detection.outside.registry import places

EPILOG = "Example: detection registry migrate"


def run(registry: RegistryUrl = None) -> None:
    """Bring an older registry to the tables of this version; nothing that it holds is changed."""
    from detection.outside.database.schema.migrating import migrate

    url = places.registry_url(registry)
    migrate(url)
    print(f"{url}: has the tables of this version")
