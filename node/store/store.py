"""The store: opened once per node, migrated, leased, and closed."""

import time
from collections.abc import Callable
from pathlib import Path
from types import TracebackType

from node.store.database import Database, Listener, translated
from node.store.errors import StoreUnusableError
from node.store.jobs import Jobs
from node.store.lease import FileLock, Lease
from node.store.migrate import current_revision, head_revision, migrate
from node.store.outbox import Outbox

__all__ = ["Store", "system_clock_ms"]


def system_clock_ms() -> int:
    """Unix milliseconds from the system clock."""
    return time.time_ns() // 1_000_000


class Store:
    """Durable state of a node. What a method changed is on disk when it returns.

    Use ``open`` or ``open_reading``; a store is also a context manager. Jobs and outbox may be
    used from several threads.
    """

    def __init__(self, database: Database, lock: FileLock | None, lease: Lease | None) -> None:
        self._database = database
        self._lock = lock
        self._lease = lease
        self.jobs = Jobs(database)
        self.outbox = Outbox(database)

    @classmethod
    def open(cls, location: str | Path, *, clock: Callable[[], int] = system_clock_ms) -> "Store":
        """Open for writing: migrate, take the lease.

        ``location`` is a SQLite file's path or an SQLAlchemy URL; ``clock`` gives unix
        milliseconds. Raises StoreInUseError while another node writes, StoreUnusableError.
        """
        database = Database(location, clock)
        lock = None
        try:
            if database.file is not None:
                _make_folder(database.file)
                file = database.file.resolve()  # one lock, whatever link leads to the file
                lock = FileLock(file.with_name(file.name + ".lock"))
                lock.acquire()
            with translated(database.name):
                migrate(database.engine, database.file)
                lease = Lease(database, exclusive=lock is not None)
                lease.acquire()
        except BaseException:
            database.close()
            if lock is not None:
                lock.release()
            raise
        return cls(database, lock, lease)

    @classmethod
    def open_reading(
        cls, location: str | Path, *, clock: Callable[[], int] = system_clock_ms
    ) -> "Store":
        """Open beside a running node: every write raises LeaseLostError.

        Raises StoreUnusableError when there is no store, or one of another schema.
        """
        database = Database(location, clock)
        if database.file is not None and not database.file.exists():
            raise StoreUnusableError(f"there is no store at {database.file}")
        with translated(database.name), database.read() as connection:
            found, head = current_revision(connection), head_revision()
        if found != head:
            database.close()
            raise StoreUnusableError(
                f"{database.name} is at revision {found}, this release reads {head}: "
                "start the node once to migrate it"
            )
        return cls(database, None, None)

    @property
    def name(self) -> str:
        """The location, without a password, for messages."""
        return self._database.name

    def subscribe(self, listener: Listener) -> Callable[[], None]:
        """Call ``listener(job_id)`` after each committed change of a job; returns the undo.

        Listeners run on the writing thread and must return at once.
        """
        return self._database.subscribe(listener)

    def close(self) -> None:
        """Give the lease back and close; harmless when closed already."""
        if self._lease is not None:
            self._lease.release()
            self._lease = None
        self._close()

    def abandon(self) -> None:
        """Close as a crash would: the lease row stays. For tests."""
        if self._lease is not None:
            self._lease.abandon()
            self._lease = None
        self._close()

    def _close(self) -> None:
        self._database.close()
        if self._lock is not None:
            self._lock.release()
            self._lock = None

    def __enter__(self) -> "Store":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


def _make_folder(file: Path) -> None:
    try:
        file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        raise StoreUnusableError(f"cannot make the folder {file.parent}: {error}") from error
