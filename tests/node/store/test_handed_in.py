"""Finished attestations in the store: one transaction, one job for the same words and slot."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from node.store import (
    NewAttestation,
    Proving,
    Settlement,
    Slot,
    SlotTakenError,
    Store,
    Submission,
)

SLOT = Slot(
    chain_id=31337,
    registry=b"\x0a" * 20,
    key_id=b"\x01" * 32,
    consumer=b"\x0c" * 20,
    subject=b"\x05" * 32,
    sequence=3,
    valid_until=1_800_000_000,
)
ONE = NewAttestation(SLOT.key_id, b"\x11" * 32, b"\x00" * 96, b"\x02" * 320)
OTHER = replace(ONE, data_hash=b"\x12" * 32)
RELAY = Submission(kind="relay", payload=b"", content_digest=ONE.data_hash)
MARKS = replace(RELAY, kind="marks")


def test_it_is_proved_and_ready_in_one_step(store: Store) -> None:
    accepted = store.jobs.hand_in(RELAY, ONE, SLOT)
    job = accepted.job
    assert (accepted.created, job.proving, job.settlement) == (
        True,
        Proving.PROVED,
        Settlement.READY,
    )
    stored = store.jobs.attestation(job.id)
    assert stored is not None
    assert stored.words == ONE.words
    assert store.outbox.waiting() == 1
    assert store.jobs.find_handed_in("relay", ONE.data_hash, SLOT) == job


def test_the_same_words_are_the_same_job_until_they_are_rejected(store: Store) -> None:
    first = store.jobs.hand_in(RELAY, ONE, SLOT)
    again = store.jobs.hand_in(RELAY, replace(ONE, proof=b"\x03" * 320), SLOT)
    assert (again.created, again.job) == (False, first.job)
    (entry,) = store.outbox.entries()
    store.outbox.move(entry, Settlement.REJECTED)
    assert store.jobs.find_handed_in("relay", ONE.data_hash, SLOT) is None
    third = store.jobs.hand_in(RELAY, ONE, SLOT)
    assert third.created
    assert third.job.id != first.job.id


def test_other_words_do_not_take_a_slot_and_leave_nothing(store: Store) -> None:
    first = store.jobs.hand_in(RELAY, ONE, SLOT)
    for _ in range(2):
        with pytest.raises(SlotTakenError, match=r"sequence 3 .* which are READY"):
            store.jobs.hand_in(RELAY, OTHER, SLOT)
    assert store.jobs.page() == (first.job,)
    assert store.jobs.find_handed_in("relay", OTHER.data_hash, SLOT) is None
    for other in (
        replace(SLOT, sequence=4),
        replace(SLOT, subject=b"\x06" * 32),
        replace(SLOT, consumer=b"\x0d" * 20),
        replace(SLOT, key_id=b"\x09" * 32),
    ):
        assert store.jobs.hand_in(RELAY, replace(OTHER, key_id=other.key_id), other).created


def test_it_shares_the_outbox_entry_of_a_proof_made_here(store: Store) -> None:
    made = store.jobs.submit(MARKS).job
    store.jobs.advance(made.id, Proving.PROVING)
    store.jobs.complete(made.id, ONE, SLOT)
    job = store.jobs.hand_in(RELAY, ONE, SLOT).job
    assert job.outbox_id == store.jobs.get(made.id).outbox_id
    (entry,) = store.outbox.entries()
    store.outbox.move(entry, Settlement.CONFIRMED)
    assert {store.jobs.get(each).settlement for each in (job.id, made.id)} == {Settlement.CONFIRMED}


def test_it_survives_a_crash(tmp_path: Path) -> None:
    store = Store.open(tmp_path / "crash.db")
    job = store.jobs.hand_in(RELAY, ONE, SLOT).job
    store.abandon()
    with Store.open(tmp_path / "crash.db") as again:
        assert again.jobs.get(job.id) == job
        assert again.jobs.resume() == ()
