"""One writer per store.

A lease row with a heartbeat tells nodes on other machines apart (PostgreSQL). On SQLite an
operating-system lock beside the file comes on top: it dies with the process, so that a node
restarted after kill -9 need not wait for the lease to run out.
"""

import contextlib
import fcntl
import os
import secrets
import socket
import threading
from pathlib import Path

from sqlalchemy import delete, insert, select, update
from sqlalchemy.exc import SQLAlchemyError

from node.store import tables as t
from node.store.database import WRITER_LEASE, Database
from node.store.errors import StoreInUseError

__all__ = ["LEASE_MS", "FileLock", "Lease"]

LEASE_MS = 15_000
"""A lease without a heartbeat for this long is free for others (PostgreSQL)."""

_BEATS_PER_LEASE = 3


class FileLock:
    """A lock file that the kernel releases when the process ends, however it ends.

    POSIX record locks do not pass to forked children, so a surviving worker does not hold the
    store. They do not exclude within one process either; the set of held paths does.
    """

    _held: set[Path] = set()  # noqa: RUF012  (shared by all instances on purpose)
    _guard = threading.Lock()

    def __init__(self, path: Path) -> None:
        self.path = path.resolve()
        self._handle: int | None = None

    def acquire(self) -> None:
        """Take the lock or raise StoreInUseError at once, naming the holder."""
        with self._guard:
            if self.path in self._held:
                raise StoreInUseError(f"{self.path} is locked by this very process")
            handle = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
            try:
                fcntl.lockf(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError as error:
                holder = os.pread(handle, 128, 0).decode(errors="replace").strip() or "unknown"
                os.close(handle)
                raise StoreInUseError(
                    f"another node (process {holder}) writes to this store, {self.path} is "
                    "locked: stop it, or give this node a store of its own"
                ) from error
            os.ftruncate(handle, 0)
            os.pwrite(handle, f"{os.getpid()}\n".encode(), 0)
            self._held.add(self.path)
            self._handle = handle

    def release(self) -> None:
        """Give the lock back; harmless when not held."""
        with self._guard:
            if self._handle is not None:
                os.close(self._handle)
                self._handle = None
                self._held.discard(self.path)


class Lease:
    """The right to write, kept alive by a heartbeat thread until ``release``.

    ``exclusive`` says that the file lock is held, so that a row left by a dead node is void.
    """

    def __init__(self, database: Database, *, exclusive: bool) -> None:
        self.holder = f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(4)}"
        self._database = database
        self._exclusive = exclusive
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._beat, name="store-lease", daemon=True)

    def acquire(self) -> None:
        """Write the lease row and start the heartbeat; StoreInUseError while another's is alive."""
        now = self._database.clock()
        row = t.lease.c.name == WRITER_LEASE
        with self._database.writing_unchecked() as connection:
            found = connection.execute(select(t.lease).where(row).with_for_update()).one_or_none()
            if found is not None and not self._exclusive:
                age = now - found.heartbeat_ms
                if age < LEASE_MS:
                    raise StoreInUseError(
                        f"node {found.holder} writes to {self._database.name}, last seen "
                        f"{age / 1000:.1f} s ago: stop it, or wait {LEASE_MS // 1000} s if it died"
                    )
            connection.execute(delete(t.lease).where(row))
            connection.execute(
                insert(t.lease).values(
                    name=WRITER_LEASE, holder=self.holder, acquired_ms=now, heartbeat_ms=now
                )
            )
        self._database.holder = self.holder
        self._thread.start()

    def beat(self) -> bool:
        """Renew the lease; False when it went to another node."""
        mine = (t.lease.c.name == WRITER_LEASE) & (t.lease.c.holder == self.holder)
        with self._database.writing_unchecked() as connection:
            now = self._database.clock()
            renewed = connection.execute(update(t.lease).where(mine).values(heartbeat_ms=now))
            return renewed.rowcount == 1

    def release(self) -> None:
        """Stop the heartbeat and delete the row if it is still ours."""
        self._stop.set()
        self._thread.join()
        self._database.holder = None
        mine = (t.lease.c.name == WRITER_LEASE) & (t.lease.c.holder == self.holder)
        with self._database.writing_unchecked() as connection:
            connection.execute(delete(t.lease).where(mine))

    def abandon(self) -> None:
        """Stop without a trace in the database, as a crash would."""
        self._stop.set()
        self._thread.join()
        self._database.holder = None

    def _beat(self) -> None:
        while not self._stop.wait(LEASE_MS / _BEATS_PER_LEASE / 1000):
            with contextlib.suppress(SQLAlchemyError):  # a hiccup; the next beat tries again
                if not self.beat():
                    return  # every later write raises LeaseLostError
