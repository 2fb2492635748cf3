"""Connections: SQLite in WAL mode by default, PostgreSQL by URL; short, serialised writes."""

import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, make_url, select
from sqlalchemy.exc import ArgumentError, DatabaseError, NoSuchModuleError

from node.store import tables as t
from node.store.errors import LeaseLostError, StoreUnusableError

__all__ = ["WRITER_LEASE", "Database", "Listener", "Write"]

WRITER_LEASE = "writer"
Listener = Callable[[str], None]
"""Told the id of a job that changed, after the change is on disk."""

LEASE_HOLDER = (
    select(t.lease.c.holder).where(t.lease.c.name == WRITER_LEASE).with_for_update(read=True)
)
"""Who may write. The row stays locked to the end of the transaction, so that on PostgreSQL nobody
takes the lease between this look and the commit."""

_BUSY_TIMEOUT_MS = 10_000


class Write:
    """A write transaction: its connection, the time it started, and the jobs it touched."""

    def __init__(self, connection: Connection, now_ms: int) -> None:
        self.connection = connection
        self.now_ms = now_ms
        self.touched: dict[str, None] = {}


class Database:
    """An engine with our rules: foreign keys on, a commit is on disk, one writer at a time.

    ``location`` is a path of a SQLite file or an SQLAlchemy URL. ``clock`` gives unix
    milliseconds. Raises StoreUnusableError for a location that makes no sense.
    """

    def __init__(self, location: str | Path, clock: Callable[[], int]) -> None:
        text = str(location)
        try:
            url = make_url(text if "://" in text else f"sqlite:///{Path(text).absolute()}")
            # errors name their statement, never its values: those reach logs
            self.engine: Engine = create_engine(url, hide_parameters=True)
        except (ArgumentError, NoSuchModuleError, ImportError) as error:
            raise StoreUnusableError(f"store location is not usable: {error}") from error
        except ValueError:  # its text quotes the URL, and the URL may hold a password
            raise StoreUnusableError("store location is not usable: no valid URL") from None
        self.file = _sqlite_file(self.engine)
        self.name = url.render_as_string(hide_password=True)
        self.clock = clock
        self.holder: str | None = None
        self._lock = threading.RLock()
        self._listeners: list[Listener] = []
        if self.engine.dialect.name == "sqlite":
            event.listen(self.engine, "connect", _on_sqlite_connect)
            event.listen(self.engine, "begin", _on_sqlite_begin)

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A consistent view of the database."""
        with self.engine.connect() as connection:
            yield connection.execution_options(proofmark_read=True)

    @contextmanager
    def write(self) -> Iterator[Write]:
        """A transaction that commits at the end; LeaseLostError when we no longer may write."""
        with self._lock:
            with self.engine.begin() as connection:
                self._check_lease(connection)
                write = Write(connection, self.clock())
                yield write
            touched, listeners = tuple(write.touched), tuple(self._listeners)
        for job_id in touched:
            for listener in listeners:
                listener(job_id)

    @contextmanager
    def writing_unchecked(self) -> Iterator[Connection]:
        """A transaction without a lease: to take, renew and give back the lease itself."""
        with self._lock, self.engine.begin() as connection:
            yield connection

    def subscribe(self, listener: Listener) -> Callable[[], None]:
        """Call ``listener`` after each change of a job; returns what ends that."""
        with self._lock:
            self._listeners.append(listener)

        def unsubscribe() -> None:
            with self._lock:
                if listener in self._listeners:
                    self._listeners.remove(listener)

        return unsubscribe

    def close(self) -> None:
        """Drop all connections."""
        self.engine.dispose()

    def _check_lease(self, connection: Connection) -> None:
        if self.holder is None:
            raise LeaseLostError(f"{self.name} was opened for reading only, or was closed")
        holder = connection.execute(LEASE_HOLDER).scalar()
        if holder != self.holder:
            raise LeaseLostError(f"{self.name} is now written by {holder or 'nobody'}: stopping")


@contextmanager
def translated(name: str) -> Iterator[None]:
    """Turn a driver's failure to open a database into StoreUnusableError."""
    try:
        yield
    except (DatabaseError, sqlite3.DatabaseError) as error:
        reason = getattr(error, "orig", None) or error
        raise StoreUnusableError(
            f"{name} cannot be used as a store: {reason}. Check the path, the permissions and "
            "that it is our database; a damaged file is restored from its .before-… copy"
        ) from error


def _sqlite_file(engine: Engine) -> Path | None:
    if engine.dialect.name != "sqlite":
        return None
    name = engine.url.database
    if not name or name == ":memory:":
        raise StoreUnusableError("a store in memory would lose accepted jobs: name a file")
    if name.startswith("file:"):
        raise StoreUnusableError("a SQLite URI hides which file is locked: name the file itself")
    return Path(name)


def _on_sqlite_connect(connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # we say BEGIN ourselves
    cursor = connection.cursor()
    cursor.execute(f"PRAGMA busy_timeout = {_BUSY_TIMEOUT_MS}")
    cursor.execute("PRAGMA journal_mode = WAL")
    cursor.execute("PRAGMA synchronous = FULL")
    cursor.execute("PRAGMA foreign_keys = ON")
    cursor.close()


def _on_sqlite_begin(connection: Connection) -> None:
    reading = connection.get_execution_options().get("proofmark_read", False)
    connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")
