"""The outbox: slots, states that jobs follow, signed bytes."""

import pytest

from node.store import (
    AttemptKind,
    AttemptState,
    BlockCursor,
    Cause,
    NewAttempt,
    OutboxEntry,
    Proving,
    Settlement,
    Store,
    TransitionError,
)
from tests.node.store.conftest import Clock, attestation, slot, submission

SENDER = b"\x05" * 20


def entry_of_new_job(store: Store, number: int = 1) -> tuple[str, OutboxEntry]:
    job = store.jobs.submit(submission()).job
    store.jobs.advance(job.id, Proving.PROVING)
    proved = store.jobs.complete(job.id, attestation(number), slot(number))
    assert proved.outbox_id is not None
    return job.id, store.outbox.get(proved.outbox_id)


def attempt(nonce: int, salt: int = 0, kind: AttemptKind = AttemptKind.ATTEST) -> NewAttempt:
    tx_hash = bytes([salt, nonce]).ljust(32, b"\0")
    return NewAttempt(kind, SENDER, nonce, tx_hash, b"raw", 300_000, 10, 1)


def test_jobs_follow_their_entry(store: Store) -> None:
    job_id, entry = entry_of_new_job(store)
    entry = store.outbox.move(entry, Settlement.SUBMITTED)
    entry = store.outbox.move(entry, Settlement.CONFIRMED, block_number=5, gas_used=7)
    assert entry.block_number == 5
    entry = store.outbox.move(entry, Settlement.SUBMITTED, cause=Cause.REORGANISED)
    assert store.jobs.get(job_id).cause is Cause.REORGANISED
    entry = store.outbox.move(entry, Settlement.CONFIRMED)
    store.outbox.move(entry, Settlement.FINAL)
    job = store.jobs.get(job_id)
    assert (job.settlement, job.cause, job.is_terminal) == (Settlement.FINAL, None, True)
    steps = [s.after for s in store.jobs.history(job_id) if s.axis == "settlement"]
    assert steps == ["READY", "SUBMITTED", "CONFIRMED", "SUBMITTED", "CONFIRMED", "FINAL"]


def test_a_stale_view_does_not_move_an_entry(store: Store) -> None:
    _, entry = entry_of_new_job(store)
    store.outbox.move(entry, Settlement.SUBMITTED)
    with pytest.raises(TransitionError, match="no longer READY but SUBMITTED"):
        store.outbox.move(entry, Settlement.REJECTED)


def test_final_is_final(store: Store) -> None:
    _, entry = entry_of_new_job(store)
    for state in (Settlement.SUBMITTED, Settlement.CONFIRMED, Settlement.FINAL):
        entry = store.outbox.move(entry, state)
    for state in Settlement:
        with pytest.raises(TransitionError):
            store.outbox.move(entry, state)


def test_a_rejected_slot_may_be_tried_again_a_live_one_not(store: Store) -> None:
    first_job, first = entry_of_new_job(store)
    store.outbox.move(first, Settlement.REJECTED, cause=Cause.REVERTED)
    second_job, second = entry_of_new_job(store)
    assert second.id != first.id
    assert store.jobs.get(first_job).settlement is Settlement.REJECTED
    assert store.jobs.get(second_job).settlement is Settlement.READY
    _, third = entry_of_new_job(store)
    assert third.id == second.id


def test_notes_keep_the_state_and_tell_the_jobs(store: Store, clock: Clock) -> None:
    job_id, entry = entry_of_new_job(store)
    heard: list[str] = []
    store.subscribe(heard.append)
    entry = store.outbox.note(entry, Cause.RPC_UNAVAILABLE, "no answer", retry_in_ms=500)
    assert (entry.state, entry.tries) == (Settlement.READY, 1)
    assert entry.not_before_ms == clock.now_ms + 500
    entry = store.outbox.note(entry, Cause.RPC_UNAVAILABLE, "no answer")
    assert store.jobs.get(job_id).cause is Cause.RPC_UNAVAILABLE
    assert heard == [job_id]


def test_attempts_and_nonces(store: Store) -> None:
    _, entry = entry_of_new_job(store)
    assert store.outbox.highest_nonce(SENDER) is None
    saved = store.outbox.save_attempt(entry.id, attempt(7))
    assert saved.state is AttemptState.SAVED
    assert store.outbox.get(entry.id).nonce == 7
    assert store.outbox.highest_nonce(SENDER) == 7
    store.outbox.mark_attempt(saved.id, AttemptState.BROADCAST, sent_block=3)
    bumped = store.outbox.save_attempt(entry.id, attempt(7, salt=1))
    sent, waiting = store.outbox.attempts(entry.id)
    assert (sent.sent_block, sent.state) == (3, AttemptState.BROADCAST)
    assert waiting == bumped
    assert [(each.sender, each.nonce) for each in (sent, waiting)] == [(SENDER, 7)] * 2
    store.outbox.save_attempt(None, attempt(9, kind=AttemptKind.FILLER))
    assert store.outbox.highest_nonce(SENDER) == 9
    assert store.outbox.highest_nonce(b"\x06" * 20) is None


def test_the_same_bytes_are_taken_up_again(store: Store) -> None:
    _, entry = entry_of_new_job(store)
    first = store.outbox.save_attempt(entry.id, attempt(7))
    store.outbox.mark_attempt(first.id, AttemptState.REFUSED, detail="no money")
    again = store.outbox.save_attempt(entry.id, attempt(7))
    assert again.id == first.id
    assert again.state is AttemptState.SAVED


def test_cursors(store: Store) -> None:
    assert store.outbox.cursor("relay") is None
    for number in (5, 6):
        store.outbox.set_cursor(BlockCursor("relay", number, bytes([number]) * 32))
    assert store.outbox.cursor("relay") == BlockCursor("relay", 6, b"\6" * 32)
