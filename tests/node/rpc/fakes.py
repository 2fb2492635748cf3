"""Rooms that remember nothing on disk: what the server's tests stand on."""

from __future__ import annotations

import threading
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from node.rpc import ChangeCounter, Rooms
from node.rpc.errors import Fault, ProofInvalid, QueueFull, RequestFaults, RequestIdReused
from node.rpc.ports import StillWanted
from node.values import (
    AttestationBytes,
    ChainRequest,
    JobCause,
    JobKind,
    JobProgress,
    JobTransaction,
    JobView,
    ListedUnderlying,
    MarksStatement,
    MarksSubmission,
    NodeDescription,
    ProvingState,
    QuotedGreeks,
    QuotedInputs,
    QuotedMark,
    ServedStatement,
    SettlementChain,
    SettlementState,
    Verification,
)

EPOCH = datetime(2026, 5, 21, 10, 4, 10, tzinfo=UTC)
ATTESTATION = AttestationBytes(
    key_id=b"\x11" * 32, words=b"\x00" * 31 + b"\x07", proof=b"\x22" * 320
)


def chain_faults(chain: ChainRequest) -> list[Fault]:
    """A tiny quoting room: positive strikes, known types, one listed symbol."""
    faults = []
    if chain.underlying != "BTC":
        faults.append(Fault("chain.underlying", f"{chain.underlying!r} is not listed; use BTC"))
    if not chain.valuation_utc:
        faults.append(Fault("chain.valuation_time", "missing"))
    for index, row in enumerate(chain.rows):
        place = f"chain.options[{index}]"
        if not row.expiry_utc:
            faults.append(Fault(f"{place}.expiry_time", f"row {index}: missing"))
        if row.option_type not in ("call", "put"):
            faults.append(Fault(f"{place}.option_type", f"row {index}: {row.option_type!r}"))
        if not row.strike or row.strike.startswith("-"):
            faults.append(Fault(f"{place}.strike", f"row {index}: {row.strike!r} is not positive"))
    return faults


class FakePricing:
    """Answers every row with its own strike; can be held to test deadlines and limits."""

    def __init__(self) -> None:
        self.released = threading.Event()
        self.released.set()
        self.entered = threading.Semaphore(0)
        self.error: Exception | None = None

    def quote(self, chain: ChainRequest, still_wanted: StillWanted) -> Sequence[QuotedMark]:
        self.entered.release()
        self.released.wait(10)
        still_wanted()
        if self.error is not None:
            raise self.error
        if faults := chain_faults(chain):
            raise RequestFaults(faults)
        return [
            QuotedMark(
                price=row.strike,
                price_atoms=index,
                greeks=QuotedGreeks("0.5", "0.1", "2", "-3", "-4"),
                inputs=QuotedInputs(
                    row.forward, row.strike, row.implied_volatility, "1", "0", 60, "0.0001"
                ),
            )
            for index, row in enumerate(chain.rows)
        ]


class FakeJobs:
    """Jobs in a dictionary; every state is kept. Survives a server that is stopped."""

    def __init__(self, changes: ChangeCounter, most_queued: int = 3) -> None:
        self.states: dict[str, list[JobView]] = defaultdict(list)
        self.callers: list[str] = []
        self.submissions: dict[str, MarksSubmission] = {}
        self.running: dict[str, JobProgress] = {}
        self._changes = changes
        self._most_queued = most_queued
        self._lock = threading.Lock()

    def submit(self, submission: MarksSubmission, still_wanted: StillWanted) -> JobView:
        if faults := chain_faults(submission.chain):
            raise RequestFaults(faults)
        still_wanted()
        with self._lock:
            for job_id, earlier in self.submissions.items():
                if submission.request_id and earlier.request_id == submission.request_id:
                    if earlier != submission:
                        raise RequestIdReused(f"{submission.request_id} has other content")
                    return self.states[job_id][-1]
            queued = [s for s in self.states.values() if s[-1].proving_state is ProvingState.QUEUED]
            if len(queued) >= self._most_queued:
                raise QueueFull("3 jobs wait, the most", retry_after_seconds=2.5)
            job_id = f"job-{len(self.states) + 1}"
            self.submissions[job_id] = submission
            job = JobView(
                job_id=job_id,
                request_id=submission.request_id,
                statement=submission.statement,
                options=len(submission.chain.rows),
                capacity=submission.capacity or 64,
                proving_state=ProvingState.QUEUED,
                settlement_state=SettlementState.NONE,
                cause=None,
                cause_message="",
                transaction=None,
                created=EPOCH,
                updated=EPOCH,
                revision=1,
            )
            self.states[job_id].append(job)
        self._changes.notify()
        return job

    def relay(
        self, attestation: AttestationBytes, caller: str, still_wanted: StillWanted
    ) -> JobView:
        self.callers.append(caller)
        still_wanted()
        if attestation != ATTESTATION:
            raise ProofInvalid("the proof is refused, pairing equation")
        job_id = "job-relayed"
        if job_id not in self.states:
            job = JobView(
                job_id=job_id,
                request_id="",
                statement=None,
                options=0,
                capacity=0,
                proving_state=ProvingState.PROVED,
                settlement_state=SettlementState.READY,
                cause=None,
                cause_message="",
                transaction=None,
                created=EPOCH,
                updated=EPOCH,
                revision=2,
                kind=JobKind.RELAY,
            )
            self.states[job_id].append(job)
        return self.states[job_id][-1]

    def move(
        self,
        job_id: str,
        proving: ProvingState | None = None,
        settlement: SettlementState | None = None,
        cause: JobCause | None = None,
        message: str = "",
        transaction: JobTransaction | None = None,
    ) -> None:
        with self._lock:
            old = self.states[job_id][-1]
            self.states[job_id].append(
                replace(
                    old,
                    proving_state=proving or old.proving_state,
                    settlement_state=settlement or old.settlement_state,
                    cause=cause,
                    cause_message=message,
                    transaction=transaction or old.transaction,
                    revision=old.revision + 1,
                    updated=old.updated + timedelta(seconds=1),
                )
            )
        self._changes.notify()

    def report(self, job_id: str, progress: JobProgress | None) -> None:
        if progress is None:
            self.running.pop(job_id, None)
        else:
            self.running[job_id] = progress
        self._changes.notify()

    def prove_and_settle(self, job_id: str) -> None:
        self.move(job_id, ProvingState.PROVING)
        self.move(job_id, ProvingState.PROVED, SettlementState.READY)
        transaction = JobTransaction(31337, b"\x33" * 32, 0, 0)
        self.move(job_id, None, SettlementState.SUBMITTED, transaction=transaction)
        mined = JobTransaction(31337, b"\x33" * 32, 12, 400_000)
        self.move(job_id, None, SettlementState.CONFIRMED, transaction=mined)
        self.move(job_id, None, SettlementState.FINAL)

    def fail(self, job_id: str, cause: JobCause, message: str) -> None:
        self.move(job_id, ProvingState.FAILED, cause=cause, message=message)

    def job(self, job_id: str) -> JobView | None:
        states = self.states.get(job_id)
        return states[-1] if states else None

    def changes(self, job_id: str, after_revision: int) -> Sequence[JobView]:
        return [state for state in self.states[job_id] if state.revision > after_revision]

    def attestation(self, job_id: str) -> AttestationBytes | None:
        proved = self.states[job_id][-1].proving_state is ProvingState.PROVED
        return ATTESTATION if proved else None

    def progress(self, job_id: str) -> JobProgress | None:
        return self.running.get(job_id)


class FakeVerifier:
    """Knows one attestation."""

    def verify(self, attestation: AttestationBytes) -> Verification:
        if attestation == ATTESTATION:
            return Verification("", b"\x44" * 32)
        return Verification("the pairing equation does not hold", b"")


class FakeDescriber:
    """A fixed node."""

    def describe(self) -> NodeDescription:
        return NodeDescription(
            version="0.1.0",
            engine="native",
            underlyings=(ListedUnderlying("BTC", 4, b"\x01" * 12),),
            statements=(
                ServedStatement(MarksStatement.PRICE, 64, b"\x05" * 32, b"\x06" * 32, True),
                ServedStatement(MarksStatement.PRICE_AND_GREEKS, 64, b"\x07" * 32, b"", None),
            ),
            queued_jobs=3,
            chain=SettlementChain(31337, b"\x0a" * 20, b"\x0b" * 20, b"\x0c" * 20, b"\x0d" * 20),
        )


class FakeNode:
    """All rooms; `rooms` goes to a server, the rest to the test's hands."""

    def __init__(self) -> None:
        self.changes = ChangeCounter()
        self.pricing = FakePricing()
        self.jobs = FakeJobs(self.changes)
        self.rooms = Rooms(
            pricing=self.pricing,
            intake=self.jobs,
            relay=self.jobs,
            jobs=self.jobs,
            changes=self.changes,
            verifier=FakeVerifier(),
            describer=FakeDescriber(),
        )
