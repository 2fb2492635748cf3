"""From database rows to records, and the writing of one transition."""

from typing import Any

from sqlalchemy import Row, insert, update

from node.store import tables as t
from node.store.database import Write
from node.store.records import Attempt, Attestation, Job, OutboxEntry, Slot, Transition
from node.store.states import AttemptKind, AttemptState, Cause, Proving, Settlement

__all__ = [
    "attempt_of",
    "attestation_of",
    "entry_of",
    "job_of",
    "log_transition",
    "transition_of",
    "write_job",
]


def job_of(row: Row[Any]) -> Job:
    """Read a row of ``jobs``."""
    values = dict(row._mapping)
    values["proving"] = Proving(values["proving"])
    values["settlement"] = Settlement(values["settlement"])
    values["cause"] = _cause(values["cause"])
    return Job(**values)


def transition_of(row: Row[Any]) -> Transition:
    """Read a row of ``transitions``."""
    return Transition(
        row.at_ms, row.axis, row.before, row.after, _cause(row.cause), row.detail
    )  # fmt: skip


def attestation_of(row: Row[Any]) -> Attestation:
    """Read a row of ``attestations``."""
    return Attestation(**row._mapping)


def entry_of(row: Row[Any]) -> OutboxEntry:
    """Read a row of ``outbox``."""
    values = dict(row._mapping)
    slot = Slot(**{name: values.pop(name) for name in Slot.__dataclass_fields__})
    values["state"] = Settlement(values["state"])
    values["cause"] = _cause(values["cause"])
    return OutboxEntry(slot=slot, **values)


def attempt_of(row: Row[Any]) -> Attempt:
    """Read a row of ``attempts``."""
    values = dict(row._mapping)
    values["kind"] = AttemptKind(values["kind"])
    values["state"] = AttemptState(values["state"])
    return Attempt(**values)


def write_job(write: Write, job_id: str, **values: Any) -> None:
    """Change a job's columns; watchers hear of it after the commit."""
    write.touched[job_id] = None
    write.connection.execute(
        update(t.jobs).where(t.jobs.c.id == job_id).values(updated_ms=write.now_ms, **values)
    )


def log_transition(
    write: Write,
    job_id: str,
    before: Proving | Settlement | None,
    after: Proving | Settlement,
    *,
    cause: Cause | None = None,
    detail: str | None = None,
) -> None:
    """Write one line of a job's history."""
    write.connection.execute(
        insert(t.transitions).values(
            job_id=job_id,
            at_ms=write.now_ms,
            axis="proving" if isinstance(after, Proving) else "settlement",
            before=before,
            after=after,
            cause=cause,
            detail=detail,
        )
    )


def _cause(value: str | None) -> Cause | None:
    return None if value is None else Cause(value)
