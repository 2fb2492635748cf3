"""Acceptance, the proving axis, and what survives a restart."""

import itertools
from pathlib import Path

import pytest

from node.store import (
    Cause,
    Job,
    JobUnknownError,
    Proving,
    RequestIdTakenError,
    Settlement,
    Store,
    TransitionError,
    WaitingJob,
)
from node.store.states import PROVING_STEPS, SETTLEMENT_STEPS
from tests.node.store.conftest import Clock, attestation, slot, submission


def advance(store: Store, job: Job, *states: Proving) -> Job:
    for state in states:
        job = store.jobs.advance(job.id, state)
    return job


def test_accepted_is_on_disk(tmp_path: Path, clock: Clock) -> None:
    path = tmp_path / "node.sqlite"
    crashed = Store.open(path, clock=clock)
    accepted = crashed.jobs.submit(submission())
    crashed.abandon()
    with Store.open(path, clock=clock) as reopened:
        assert reopened.jobs.get(accepted.job.id) == accepted.job
        assert reopened.jobs.unfinished() == (accepted.job,)


def test_same_request_id_and_content_is_the_same_job(store: Store) -> None:
    first = store.jobs.submit(submission(request_id="r1"))
    again = store.jobs.submit(submission(request_id="r1"))
    assert first.created
    assert not again.created
    assert again.job == first.job
    assert store.jobs.find("r1") == first.job
    assert store.jobs.find("r2") is None


def test_same_request_id_and_other_content_is_refused(store: Store) -> None:
    first = store.jobs.submit(submission(request_id="r1"))
    with pytest.raises(RequestIdTakenError, match=first.job.id):
        store.jobs.submit(submission(b"other", request_id="r1"))
    assert store.jobs.count()[Proving.QUEUED] == 1


def test_without_request_id_every_submission_is_a_job(store: Store) -> None:
    assert store.jobs.submit(submission()).job.id != store.jobs.submit(submission()).job.id


@pytest.mark.parametrize(("before", "after"), list(itertools.product(Proving, Proving)))
def test_only_the_drawn_steps_exist(store: Store, before: Proving, after: Proving) -> None:
    path = {
        Proving.QUEUED: (),
        Proving.PROVED: (Proving.PROVING,),
        Proving.PROVING: (Proving.PROVING,),
    }.get(before, (before,))
    job = advance(store, store.jobs.submit(submission()).job, *path)
    if before is Proving.PROVED:
        job = store.jobs.complete(job.id, attestation(), None)
    assert job.proving is before
    if after in PROVING_STEPS[before] and after is not Proving.PROVED:
        assert store.jobs.advance(job.id, after).proving is after
    else:
        with pytest.raises(TransitionError):
            store.jobs.advance(job.id, after)
        assert store.jobs.get(job.id) == job


def test_terminal_states() -> None:
    assert {state for state in Proving if state.is_terminal} == {
        Proving.PROVED,
        Proving.FAILED,
        Proving.CANCELLED,
        Proving.EXPIRED,
    }
    assert {state for state in SETTLEMENT_STEPS if state.is_terminal} == {
        Settlement.FINAL,
        Settlement.REJECTED,
    }


def test_history_keeps_every_step_with_time_and_cause(store: Store, clock: Clock) -> None:
    job = store.jobs.submit(submission()).job
    clock.now_ms += 5
    advance(store, job, Proving.PROVING)
    clock.now_ms += 5
    failed = store.jobs.advance(
        job.id, Proving.FAILED, cause=Cause.PROVER_FAILED, detail="out of memory"
    )
    start = clock.now_ms - 10
    steps = [(s.at_ms - start, s.axis, s.before, s.after) for s in store.jobs.history(job.id)]
    assert steps == [
        (0, "proving", None, "QUEUED"),
        (5, "proving", "QUEUED", "PROVING"),
        (10, "proving", "PROVING", "FAILED"),
    ]
    assert store.jobs.history(job.id)[-1].detail == "out of memory"
    assert failed.cause is Cause.PROVER_FAILED
    assert failed.is_terminal


def test_what_waits_is_listed_by_age(store: Store, clock: Clock) -> None:
    rows = []
    for deadline_ms in (None, clock.now_ms + 500, None):
        clock.now_ms += 1
        job = store.jobs.submit(submission(deadline_ms=deadline_ms)).job
        rows.append(WaitingJob(job.id, clock.now_ms, deadline_ms))
    assert store.jobs.waiting(10) == tuple(rows)
    assert store.jobs.waiting(2) == tuple(rows[:2])
    store.jobs.claim([rows[0].id])
    assert store.jobs.waiting(10) == tuple(rows[1:])


def test_only_those_that_wait_are_claimed(store: Store, clock: Clock) -> None:
    ids = []
    for _ in range(4):
        clock.now_ms += 1
        ids.append(store.jobs.submit(submission()).job.id)
    store.jobs.cancel(ids[1])
    assert [job.id for job in store.jobs.claim(ids[2::-1])] == [ids[0], ids[2]]
    assert store.jobs.claim(ids[:3]) == ()
    assert store.jobs.claim([]) == ()
    assert store.jobs.count()[Proving.PROVING] == 2
    assert store.jobs.get(ids[3]).proving is Proving.QUEUED


def test_a_claimed_job_is_wanted_until_it_is_cancelled_or_late(store: Store, clock: Clock) -> None:
    late = store.jobs.submit(submission(deadline_ms=clock.now_ms + 10)).job.id
    cancelled = store.jobs.submit(submission()).job.id
    assert not store.jobs.still_wanted(late), "it is not even claimed"
    store.jobs.claim([late, cancelled])
    assert store.jobs.still_wanted(late)
    assert store.jobs.still_wanted(cancelled)
    clock.now_ms += 11
    store.jobs.cancel(cancelled)
    assert not store.jobs.still_wanted(late)
    assert not store.jobs.still_wanted(cancelled)
    expired = store.jobs.get(late)
    assert (expired.proving, expired.cause) == (Proving.EXPIRED, Cause.DEADLINE_PASSED)


def test_resume_queues_what_was_interrupted(tmp_path: Path, clock: Clock) -> None:
    path = tmp_path / "node.sqlite"
    crashed = Store.open(path, clock=clock)
    proving = advance(crashed, crashed.jobs.submit(submission()).job, Proving.PROVING)
    batched = advance(crashed, crashed.jobs.submit(submission()).job, Proving.BATCHED)
    queued = crashed.jobs.submit(submission()).job
    done = advance(crashed, crashed.jobs.submit(submission()).job, Proving.PROVING)
    crashed.jobs.complete(done.id, attestation(), slot())
    crashed.abandon()
    with Store.open(path, clock=clock) as store:
        resumed = store.jobs.resume()
        assert {job.id for job in resumed} == {proving.id, batched.id, queued.id}
        assert {job.proving for job in resumed} == {Proving.QUEUED}
        assert store.jobs.get(proving.id).cause is Cause.RESTARTED
        assert store.jobs.get(queued.id).cause is None
        assert store.jobs.get(done.id).proving is Proving.PROVED
        assert len(store.outbox.entries()) == 1


def test_completion_fills_the_outbox_in_the_same_transaction(store: Store) -> None:
    job = advance(store, store.jobs.submit(submission()).job, Proving.PROVING)
    proved = store.jobs.complete(job.id, attestation(), slot())
    assert (proved.proving, proved.settlement) == (Proving.PROVED, Settlement.READY)
    assert not proved.is_terminal
    (entry,) = store.outbox.entries()
    assert entry.slot == slot()
    assert entry.id == proved.outbox_id
    stored = store.jobs.attestation(job.id)
    assert stored is not None
    assert stored.word_values() == (1, 1, 1, 1)
    assert len(stored.proof_values()) == 10


def test_completion_without_a_slot_ends_the_job(store: Store) -> None:
    job = advance(store, store.jobs.submit(submission()).job, Proving.PROVING)
    proved = store.jobs.complete(job.id, attestation(), None)
    assert proved.settlement is Settlement.NONE
    assert proved.is_terminal
    assert store.outbox.entries() == ()


def test_two_jobs_for_one_slot_share_one_attestation(store: Store) -> None:
    first, second = (
        advance(store, store.jobs.submit(submission()).job, Proving.PROVING) for _ in range(2)
    )
    store.jobs.complete(first.id, attestation(1), slot())
    store.jobs.complete(second.id, attestation(2), slot())
    assert len(store.outbox.entries()) == 1
    standing = store.jobs.attestation(second.id)
    assert standing == store.jobs.attestation(first.id)
    assert standing is not None
    assert standing.word_values()[0] == 1


def test_a_late_proof_of_a_cancelled_job_is_dropped(store: Store) -> None:
    job = advance(store, store.jobs.submit(submission()).job, Proving.PROVING)
    assert store.jobs.cancel(job.id)
    assert not store.jobs.cancel(job.id)
    with pytest.raises(TransitionError, match="CANCELLED"):
        store.jobs.complete(job.id, attestation(), slot())
    assert store.outbox.entries() == ()


def test_deadlines(store: Store, clock: Clock) -> None:
    soon = store.jobs.submit(submission(deadline_ms=clock.now_ms + 10)).job
    late = store.jobs.submit(submission(deadline_ms=clock.now_ms + 1_000)).job
    never = store.jobs.submit(submission()).job
    clock.now_ms += 11
    assert [job.id for job in store.jobs.expire()] == [soon.id]
    assert store.jobs.get(soon.id).cause is Cause.DEADLINE_PASSED
    assert {job.id for job in store.jobs.unfinished()} == {late.id, never.id}


def test_pages(store: Store, clock: Clock) -> None:
    ids = []
    for _ in range(5):
        clock.now_ms += 1
        ids.append(store.jobs.submit(submission()).job.id)
    store.jobs.cancel(ids[1])
    first = store.jobs.page(limit=2)
    rest = store.jobs.page(after=first[-1].id, limit=10)
    assert [job.id for job in first + rest] == ids
    cancelled = store.jobs.page(proving=(Proving.CANCELLED,))
    assert [job.id for job in cancelled] == [ids[1]]
    assert store.jobs.page(settlement=(Settlement.FINAL,)) == ()


def test_unknown_job(store: Store) -> None:
    for call in (store.jobs.get, store.jobs.cancel):
        with pytest.raises(JobUnknownError, match="nobody"):
            call("nobody")


def test_listeners_hear_after_the_commit(store: Store) -> None:
    heard: list[tuple[str, Proving]] = []
    stop = store.subscribe(lambda job_id: heard.append((job_id, store.jobs.get(job_id).proving)))
    job = store.jobs.submit(submission()).job
    store.jobs.claim([job.id])
    stop()
    store.jobs.cancel(job.id)
    assert heard == [(job.id, Proving.QUEUED), (job.id, Proving.PROVING)]
