"""Opening a store: migrations, the one writer, kill -9, unusable files."""

import os
import signal
import sqlite3
import subprocess
import sys
import threading
from dataclasses import replace
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Dialect
from sqlalchemy.dialects import postgresql

from node.store import (
    LeaseLostError,
    Store,
    StoreInUseError,
    StoreUnusableError,
)
from node.store import tables as t
from node.store.database import LEASE_HOLDER, Database
from node.store.lease import LEASE_MS, Lease
from node.store.migrate import back_up, migrate
from tests.node.store.conftest import Clock, submission

_HOLD = """
import sys, time
from node.store import Store, Submission
store = Store.open(sys.argv[1])
for i in range(20):
    job = store.jobs.submit(Submission("marks", b"x", bytes(32), request_id=f"r{i}")).job
    print(job.id, flush=True)
store.jobs.claim([job.id])
print("ready", flush=True)
time.sleep(60)
"""


def test_migrations_build_the_declared_tables(store: Store) -> None:
    with store._database.read() as connection:
        context = MigrationContext.configure(connection)
        assert compare_metadata(context, t.metadata) == []


def test_sqlite_is_set_to_lose_nothing(store: Store) -> None:
    with store._database.read() as connection:
        pragmas = {
            name: connection.exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in ("journal_mode", "synchronous", "foreign_keys")
        }
    assert pragmas == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1}


def test_a_second_node_is_refused_until_the_first_closes(tmp_path: Path) -> None:
    path = tmp_path / "node.sqlite"
    first = Store.open(path)
    with pytest.raises(StoreInUseError, match="locked"):
        Store.open(path)
    first.close()
    first.close()
    Store.open(path).close()


def test_kill_9_frees_the_store_at_once_and_loses_nothing(tmp_path: Path) -> None:
    path = tmp_path / "node.sqlite"
    root = str(Path(__file__).parents[3])
    with subprocess.Popen(
        [sys.executable, "-c", _HOLD, str(path)],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join([root, *sys.path])},
    ) as node:
        assert node.stdout is not None
        accepted = []
        while (line := node.stdout.readline().strip()) != "ready":
            assert line, "the node ended early"
            accepted.append(line)
        with pytest.raises(StoreInUseError, match=f"process {node.pid}"):
            Store.open(path)
        node.send_signal(signal.SIGKILL)
        node.wait()
    with Store.open(path) as store:
        assert [job.id for job in store.jobs.resume()] == sorted(accepted)
        assert len(accepted) == 20


def test_a_dead_lease_on_a_server_runs_out(tmp_path: Path, clock: Clock) -> None:
    """Without a file lock, as on PostgreSQL, the row alone decides."""
    database = Database(tmp_path / "server.sqlite", clock)
    migrate(database.engine, None)
    dead = Lease(database, exclusive=False)
    dead.acquire()
    dead.abandon()
    heir = Lease(database, exclusive=False)
    clock.now_ms += LEASE_MS - 1
    with pytest.raises(StoreInUseError, match=dead.holder):
        heir.acquire()
    clock.now_ms += 1
    heir.acquire()
    assert heir.beat()
    assert not dead.beat()
    heir.release()
    database.close()


def test_who_lost_the_lease_writes_no_more(tmp_path: Path, clock: Clock) -> None:
    with Store.open(tmp_path / "node.sqlite", clock=clock) as store:
        with store._database.writing_unchecked() as connection:
            connection.execute(t.lease.update().values(holder="somebody else"))
        with pytest.raises(LeaseLostError, match="somebody else"):
            store.jobs.submit(submission())


def test_reading_beside_a_running_node(tmp_path: Path) -> None:
    path = tmp_path / "node.sqlite"
    with pytest.raises(StoreUnusableError, match="no store at"):
        Store.open_reading(path)
    with Store.open(path) as writer:
        job = writer.jobs.submit(submission()).job
        with Store.open_reading(path) as reader:
            assert reader.jobs.get(job.id) == job
            with pytest.raises(LeaseLostError, match="reading only"):
                reader.jobs.submit(submission())


@pytest.mark.parametrize("location", ["sqlite://", "sqlite:///:memory:", "nonsense://x", "://"])
def test_locations_that_make_no_sense(location: str) -> None:
    with pytest.raises(StoreUnusableError):
        Store.open(location)


def test_a_file_that_is_no_database(tmp_path: Path) -> None:
    path = tmp_path / "node.sqlite"
    path.write_bytes(b"this is no database at all, but it is long enough to be read as one" * 20)
    with pytest.raises(StoreUnusableError, match="cannot be used as a store"):
        Store.open(path)
    path.unlink()
    Store.open(path).close()  # the lock was given back


def test_a_store_of_a_newer_release(tmp_path: Path) -> None:
    path = tmp_path / "node.sqlite"
    Store.open(path).close()
    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    connection.close()
    with pytest.raises(StoreUnusableError, match="newer release"):
        Store.open(path)
    with pytest.raises(StoreUnusableError, match="9999"):
        Store.open_reading(path)


def test_back_up_copies_an_open_database(tmp_path: Path) -> None:
    path = tmp_path / "node.sqlite"
    with Store.open(path) as store:
        job = store.jobs.submit(submission()).job
        copy = back_up(path, "0001")
    assert copy.name == "node.sqlite.before-0001"
    with Store.open(copy) as restored:
        assert restored.jobs.get(job.id) == job


def test_password_in_a_url_is_not_shown(tmp_path: Path, clock: Clock) -> None:
    url = f"sqlite:///{tmp_path}/node.sqlite"
    with Store.open(url, clock=clock) as store:
        assert str(tmp_path) in store.name
    with pytest.raises(StoreUnusableError) as caught:
        Store.open("postgresql://user:secret@127.0.0.1:1/db")
    assert "secret" not in str(caught.value)


def test_threads_share_a_store(store: Store) -> None:
    def work() -> None:
        for _ in range(5):
            job = store.jobs.submit(submission()).job
            store.jobs.claim([job.id])

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    counted = store.jobs.count()
    assert sum(counted.values()) == 20
    assert len(store.jobs.unfinished()) == 20


def test_a_link_to_a_store_is_that_store(tmp_path: Path) -> None:
    """Another name must not let a second node take the lease from the first."""
    path, link = tmp_path / "node.sqlite", tmp_path / "link.sqlite"
    link.symlink_to(path)
    with Store.open(path) as first:
        with pytest.raises(StoreInUseError, match="locked"):
            Store.open(link)
        with pytest.raises(StoreUnusableError, match="SQLite URI"):
            Store.open(f"sqlite:///file:{path}?uri=true")
        first.jobs.submit(submission())


def test_errors_of_the_database_keep_values_to_themselves(store: Store) -> None:
    """Signed transactions and payloads are values; a failed write is logged."""
    with pytest.raises(Exception, match="INSERT INTO jobs") as caught:
        store.jobs.submit(replace(submission(), kind=None, payload=b"position"))  # type: ignore[arg-type]
    assert "position" not in str(caught.value)


def test_a_url_with_a_bad_port_is_refused_without_a_word_of_it() -> None:
    with pytest.raises(StoreUnusableError) as caught:
        Store.open("postgresql://user:secret@host:secret/db")
    assert "secret" not in str(caught.value)


def test_on_a_server_the_lease_is_held_to_the_commit() -> None:
    dialect: Dialect = postgresql.dialect()  # type: ignore[no-untyped-call]
    assert str(LEASE_HOLDER.compile(dialect=dialect)).endswith("FOR SHARE")
