"""Brings a database to the newest schema, with a copy of a SQLite file kept before."""

import contextlib
import sqlite3
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import Connection, Engine, text

from node.store.errors import StoreUnusableError

__all__ = ["back_up", "current_revision", "head_revision", "migrate"]

_FOLDER = Path(__file__).parent / "migrations"
_MIGRATION_LOCK = 0x70726F6F66  # "proof", any number that nobody else uses


def head_revision() -> str:
    """The newest revision this release knows."""
    head = ScriptDirectory.from_config(_config()).get_current_head()
    if head is None:
        raise StoreUnusableError("this installation holds no migrations")
    return head


def current_revision(connection: Connection) -> str | None:
    """The database's revision; None for an empty database."""
    return MigrationContext.configure(connection).get_current_revision()


def migrate(engine: Engine, file: Path | None) -> None:
    """Upgrade to the head revision in one transaction.

    ``file`` is the SQLite file, copied beside itself first when it holds an older revision.
    Raises StoreUnusableError for a database of a newer release.
    """
    head = head_revision()
    with engine.connect() as connection:
        current = current_revision(connection)
    if current == head:
        return
    if file is not None and current is not None:
        back_up(file, current)
    config = _config()
    with engine.begin() as connection:
        if engine.dialect.name == "postgresql":
            connection.execute(text(f"SELECT pg_advisory_xact_lock({_MIGRATION_LOCK})"))
        config.attributes["connection"] = connection
        try:
            command.upgrade(config, "head")
        except CommandError as error:
            raise StoreUnusableError(
                f"the store is at revision {current}, which this release (head {head}) does not "
                "know: it was written by a newer release; upgrade, or use another store"
            ) from error


def back_up(file: Path, revision: str) -> Path:
    """Copy a SQLite database, consistently even while it is open; returns the copy's path."""
    copy = file.with_name(f"{file.name}.before-{revision}")
    with (
        contextlib.closing(sqlite3.connect(file)) as source,
        contextlib.closing(sqlite3.connect(copy)) as target,
    ):
        source.backup(target)
    return copy


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(_FOLDER).replace("%", "%%"))
    return config
