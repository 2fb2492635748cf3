"""The outbox: attestations to be settled, and every signed transaction made for them."""

from collections.abc import Collection
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, func, insert, select, update

from node.store import tables as t
from node.store.database import Database, Write
from node.store.errors import JobUnknownError, TransitionError
from node.store.records import (
    Attempt,
    Attestation,
    BlockCursor,
    NewAttempt,
    OutboxEntry,
    OutboxId,
    Slot,
)
from node.store.rows import attempt_of, attestation_of, entry_of, log_transition, write_job
from node.store.states import AttemptState, Cause, Settlement, check_settlement

__all__ = ["Outbox", "enqueue", "occupant"]

_LIVE = (Settlement.READY, Settlement.SUBMITTED, Settlement.CONFIRMED)


class Outbox:
    """The outbox of a store. Moving an entry moves all its jobs in the same transaction."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def get(self, entry_id: OutboxId) -> OutboxEntry:
        """Return an entry; JobUnknownError."""
        with self._database.read() as connection:
            return _entry(connection, entry_id)

    def entries(self, states: Collection[Settlement] = _LIVE) -> tuple[OutboxEntry, ...]:
        """Return entries in any of the given states, oldest first."""
        query = select(t.outbox).where(t.outbox.c.state.in_(states)).order_by(t.outbox.c.id)
        with self._database.read() as connection:
            return tuple(map(entry_of, connection.execute(query)))

    def waiting(self, beside: Slot | None = None) -> int:
        """How many entries are in no block yet: all, or those that a slot's sequence counts."""
        pending = (Settlement.READY, Settlement.SUBMITTED)
        query = select(func.count()).where(t.outbox.c.state.in_(pending))
        if beside is not None:
            query = query.where(_same_line(beside))
        with self._database.read() as connection:
            return int(connection.execute(query).scalar_one())

    def attestation(self, entry: OutboxEntry) -> Attestation:
        """Return the attestation that an entry settles."""
        query = select(t.attestations).where(t.attestations.c.id == entry.attestation_id)
        with self._database.read() as connection:
            return attestation_of(connection.execute(query).one())

    def attempts(self, entry_id: OutboxId | None) -> tuple[Attempt, ...]:
        """Return the signed transactions of an entry, or all fillers for None, oldest first."""
        query = select(t.attempts).where(t.attempts.c.outbox_id == entry_id)
        with self._database.read() as connection:
            return tuple(map(attempt_of, connection.execute(query.order_by(t.attempts.c.id))))

    def highest_nonce(self, sender: bytes) -> int | None:
        """Return the highest nonce that a live entry or an unmined filler has reserved."""
        reserved = select(func.max(t.outbox.c.nonce)).where(
            t.outbox.c.sender == sender, t.outbox.c.state.in_(_LIVE)
        )
        filled = select(func.max(t.attempts.c.nonce)).where(
            t.attempts.c.sender == sender,
            t.attempts.c.outbox_id.is_(None),
            t.attempts.c.state.in_((AttemptState.SAVED, AttemptState.BROADCAST)),
        )
        with self._database.read() as connection:
            found = [connection.execute(query).scalar() for query in (reserved, filled)]
        return max((int(nonce) for nonce in found if nonce is not None), default=None)

    def save_attempt(self, entry_id: OutboxId | None, attempt: NewAttempt) -> Attempt:
        """Store signed bytes and reserve their nonce for the entry, before anything is sent.

        Bytes that are stored already (signing is deterministic) are taken up again.
        """
        same = t.attempts.c.tx_hash == attempt.tx_hash
        values = {"outbox_id": entry_id, "state": AttemptState.SAVED, **vars(attempt)}
        with self._database.write() as write:
            if entry_id is not None:
                write.connection.execute(
                    update(t.outbox)
                    .where(t.outbox.c.id == entry_id)
                    .values(sender=attempt.sender, nonce=attempt.nonce, updated_ms=write.now_ms)
                )
            if (
                write.connection.execute(update(t.attempts).where(same).values(values)).rowcount
                == 0
            ):
                write.connection.execute(
                    insert(t.attempts).values(created_ms=write.now_ms, **values)
                )
            return attempt_of(write.connection.execute(select(t.attempts).where(same)).one())

    def mark_attempt(
        self,
        attempt_id: int,
        state: AttemptState,
        *,
        sent_block: int | None = None,
        detail: str | None = None,
    ) -> None:
        """Note what became of signed bytes; ``sent_block`` is the head when they were sent."""
        values: dict[str, Any] = {"state": state, "detail": detail}
        with self._database.write() as write:
            if sent_block is not None:
                values |= {"sent_block": sent_block, "sent_ms": write.now_ms}
            write.connection.execute(
                update(t.attempts).where(t.attempts.c.id == attempt_id).values(**values)
            )

    def move(
        self,
        entry: OutboxEntry,
        to: Settlement,
        *,
        cause: Cause | None = None,
        detail: str | None = None,
        **columns: Any,
    ) -> OutboxEntry:
        """Move an entry from the state it was read in, with further columns; all its jobs follow.

        Raises TransitionError when the step does not exist, or the entry moved meanwhile.
        """
        with self._database.write() as write:
            present = _entry(write.connection, entry.id)
            what = f"attestation {entry.id} in the outbox"
            if present.state != entry.state:
                raise TransitionError(what, f"no longer {entry.state} but {present.state}", to)
            check_settlement(what, present.state, to)
            values = {"state": to, "cause": cause, "detail": detail, "tries": 0, **columns}
            write.connection.execute(
                update(t.outbox)
                .where(t.outbox.c.id == entry.id, t.outbox.c.state == present.state)
                .values(updated_ms=write.now_ms, not_before_ms=0, **values)
            )
            _move_jobs(write, entry.id, to, cause, detail)
            return _entry(write.connection, entry.id)

    def note(
        self,
        entry: OutboxEntry,
        cause: Cause | None,
        detail: str | None,
        *,
        retry_in_ms: int = 0,
        **columns: Any,
    ) -> OutboxEntry:
        """Explain why an entry stays where it is, and when to try again.

        ``tries`` counts notes of the same cause in a row.
        """
        tries = entry.tries + 1 if cause == entry.cause else 1
        with self._database.write() as write:
            write.connection.execute(
                update(t.outbox)
                .where(t.outbox.c.id == entry.id)
                .values(
                    cause=cause,
                    detail=detail,
                    tries=tries,
                    not_before_ms=write.now_ms + retry_in_ms,
                    updated_ms=write.now_ms,
                    **columns,
                )
            )
            if (cause, detail) != (entry.cause, entry.detail):
                for job_id in _job_ids(write.connection, entry.id):
                    write_job(write, job_id, cause=cause, detail=detail)
            return _entry(write.connection, entry.id)

    def cursor(self, name: str) -> BlockCursor | None:
        """Return how far a named reader of the chain has come."""
        query = select(t.cursor).where(t.cursor.c.name == name)
        with self._database.read() as connection:
            row = connection.execute(query).one_or_none()
        return None if row is None else BlockCursor(row.name, row.block_number, row.block_hash)

    def set_cursor(self, cursor: BlockCursor) -> None:
        """Store how far a named reader of the chain has come."""
        values = {"block_number": cursor.block_number, "block_hash": cursor.block_hash}
        with self._database.write() as write:
            values["updated_ms"] = write.now_ms
            where = t.cursor.c.name == cursor.name
            changed = write.connection.execute(update(t.cursor).where(where).values(**values))
            if changed.rowcount == 0:
                write.connection.execute(insert(t.cursor).values(name=cursor.name, **values))


def enqueue(write: Write, attestation_id: int, slot: Slot) -> OutboxEntry:
    """Put an attestation in the outbox, or find the live entry that has its slot."""
    known = occupant(write.connection, slot)
    if known is not None:
        return known
    result = write.connection.execute(
        insert(t.outbox)
        .values(
            attestation_id=attestation_id,
            state=Settlement.READY,
            created_ms=write.now_ms,
            updated_ms=write.now_ms,
            **vars(slot),
        )
        .returning(t.outbox)
    )
    return entry_of(result.one())


def occupant(connection: Connection, slot: Slot) -> OutboxEntry | None:
    """The entry that has a slot: live or final, never a rejected one."""
    row = connection.execute(select(t.outbox).where(_same_slot(slot))).one_or_none()
    return None if row is None else entry_of(row)


def _same_slot(slot: Slot) -> ColumnElement[bool]:
    columns = t.outbox.c
    return and_(
        _same_line(slot),
        columns.sequence == slot.sequence,
        columns.state != Settlement.REJECTED,
    )


def _same_line(slot: Slot) -> ColumnElement[bool]:
    columns = t.outbox.c
    return and_(
        columns.chain_id == slot.chain_id,
        columns.registry == slot.registry,
        columns.key_id == slot.key_id,
        columns.consumer == slot.consumer,
        columns.subject == slot.subject,
    )


def _entry(connection: Connection, entry_id: OutboxId) -> OutboxEntry:
    row = connection.execute(select(t.outbox).where(t.outbox.c.id == entry_id)).one_or_none()
    if row is None:
        raise JobUnknownError(f"no attestation {entry_id} in the outbox")
    return entry_of(row)


def _job_ids(connection: Connection, entry_id: OutboxId) -> list[str]:
    query = select(t.jobs.c.id).where(t.jobs.c.outbox_id == entry_id).order_by(t.jobs.c.id)
    return list(connection.execute(query).scalars())


def _move_jobs(
    write: Write, entry_id: OutboxId, to: Settlement, cause: Cause | None, detail: str | None
) -> None:
    query = select(t.jobs.c.id, t.jobs.c.settlement).where(t.jobs.c.outbox_id == entry_id)
    for job_id, before in write.connection.execute(query.order_by(t.jobs.c.id)).all():
        write_job(write, job_id, settlement=to, cause=cause, detail=detail)
        log_transition(write, job_id, Settlement(before), to, cause=cause, detail=detail)
