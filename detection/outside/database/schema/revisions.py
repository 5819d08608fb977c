"""Which schema a database has: ours, an older or a newer one of ours, none, or something else's."""

from __future__ import annotations

from sqlalchemy import Connection, inspect, text

from detection.outside.database.faults import RegistryError
from detection.outside.database.tables import METADATA, REVISION, REVISIONS, SCHEMA_TABLE


def revision_of(connection: Connection) -> str:
    """The revision found; ``""`` of an empty database.

    Raises:
        RegistryError: it is of a newer program, or of no registry.
    """
    names = set(inspect(connection).get_table_names())
    if SCHEMA_TABLE not in names:
        if taken := sorted(names & set(METADATA.tables)):
            raise RegistryError(f"the database holds something else (tables {', '.join(taken)}); name another")
        return ""
    found = connection.execute(text(f"SELECT version_num FROM {SCHEMA_TABLE}")).scalars().all()  # noqa: S608
    if len(found) != 1 or found[0] not in REVISIONS:
        newest = ", ".join(map(str, found)) or "no revision"
        raise RegistryError(f"the registry is of a newer program ({newest}; this one knows {REVISION}): update it")
    return str(found[0])


def refuse_other(connection: Connection) -> None:
    """Stop unless the schema is this program's.

    Raises:
        RegistryError: it is not; the message says how to bring it there.
    """
    found = revision_of(connection)
    if not found:
        raise RegistryError("there is no registry in it; register a first version (detection registry register)")
    if found != REVISION:
        raise RegistryError(
            f"the registry is of an older program ({found}, this one needs {REVISION}); copy it, then run "
            "`detection registry migrate`"
        )
