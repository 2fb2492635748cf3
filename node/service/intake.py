"""From a submission to a stored job: quantise, size, bind to the chain, store."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from eth_hash.auto import keccak

from circuits.profile import R14
from circuits.statements.option_marks import PRODUCT_SHAPES, Market, Shape
from node.attestations import OFF_CHAIN
from node.proving.task import MarksTask, canonical, market_fields
from node.quoting import market_of, proving_rules
from node.rpc.errors import Draining, Fault, QueueFull, RequestFaults, RequestIdReused
from node.rpc.ports import StillWanted
from node.service.jobs import JOB_KIND, StoredJobs
from node.service.quoting import QuotingDesk
from node.service.settlement import Bound, SettlementPort, fits
from node.service.sizing import Sizing
from node.store import LeaseLostError, Proving, RequestIdTakenError, Store, Submission
from node.values import JobView, MarksSubmission, SettlementMode

_QUEUE_RETRY_SECONDS = 5.0


@dataclass(frozen=True)
class IntakePolicy:
    """What is accepted: how many jobs may wait, which sizes (ascending) and profile are proven."""

    queued_jobs: int = 256
    shapes: tuple[Shape, ...] = PRODUCT_SHAPES
    profile: str = R14.name


class MarksIntake:
    """SubmitMarks behind the server's port."""

    def __init__(
        self,
        store: Store,
        jobs: StoredJobs,
        desk: QuotingDesk,
        settlement: SettlementPort,
        sizing: Sizing,
        policy: IntakePolicy,
    ) -> None:
        self._store = store
        self._jobs = jobs
        self._desk = desk
        self._settlement = settlement
        self._sizing = sizing
        self._policy = policy

    def submit(self, submission: MarksSubmission, still_wanted: StillWanted) -> JobView:
        """The job, on disk before this returns."""
        shapes = self._offered(submission.capacity)
        chain = self._desk.quantise(submission.chain, proving_rules(shapes[-1]))
        market = market_of(chain).market
        digest = _content_digest(submission, market)
        known = self._store.jobs.find(submission.request_id) if submission.request_id else None
        if known is not None and known.content_digest == digest:
            return self._jobs.view(known)
        if known is None:
            self._check_room()
        task = self._task(submission, market, [shape for shape in shapes if fits(market, shape)])
        still_wanted()
        try:
            accepted = self._store.jobs.submit(
                Submission(
                    kind=JOB_KIND,
                    payload=task.to_bytes(),
                    content_digest=digest,
                    request_id=submission.request_id or None,
                )
            )
        except RequestIdTakenError as error:
            raise RequestIdReused(str(error), metadata={"job_id": error.job_id}) from error
        except LeaseLostError as error:
            raise Draining(f"this node is no longer the store's: {error}") from error
        return self._jobs.view(accepted.job)

    def _offered(self, capacity: int) -> tuple[Shape, ...]:
        if capacity == 0:
            return self._policy.shapes
        chosen = tuple(shape for shape in self._policy.shapes if shape.capacity == capacity)
        if not chosen:
            offered = ", ".join(str(shape.capacity) for shape in self._policy.shapes)
            raise RequestFaults(
                [Fault("capacity", f"{capacity} is not offered; use one of {offered}, or 0")]
            )
        return chosen

    def _task(
        self, submission: MarksSubmission, market: Market, shapes: Sequence[Shape]
    ) -> MarksTask:
        settle = self._settles(submission.settlement_mode)
        if settle:
            bound = self._settlement.bind(market, shapes, submission.consumer)
        else:
            shape = self._sizing.choose(submission.statement, shapes, self._policy.profile)
            bound = Bound(OFF_CHAIN, market, shape)
        return MarksTask(
            statement=submission.statement,
            shape=bound.shape,
            header=bound.header,
            market=bound.market,
            settle=settle,
            profile=self._policy.profile,
        )

    def _settles(self, mode: SettlementMode) -> bool:
        if mode is SettlementMode.DEFAULT:
            return self._settlement.describe() is not None
        return mode is SettlementMode.ATTEST

    def _check_room(self) -> None:
        waiting = self._store.jobs.count()[Proving.QUEUED]
        if waiting >= self._policy.queued_jobs:
            raise QueueFull(
                f"{waiting} jobs wait, the most this node keeps; send again later",
                metadata={"limit": str(self._policy.queued_jobs)},
                retry_after_seconds=_QUEUE_RETRY_SECONDS,
            )


def _content_digest(submission: MarksSubmission, market: Market) -> bytes:
    """What the caller asked for, hashed: none of the node's own choices."""
    asked = {
        "statement": submission.statement.value,
        "capacity": submission.capacity,
        "settlement_mode": submission.settlement_mode.value,
        "consumer": submission.consumer.hex(),
        **market_fields(market),
    }
    return bytes(keccak(canonical(asked)))
