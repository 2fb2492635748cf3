"""From a submission to a stored job: quantise, size, bind to the chain, store."""

from __future__ import annotations

from dataclasses import dataclass

from circuits.profile import R14
from circuits.statements.option_marks import (
    PRODUCT_SHAPES,
    Header,
    Market,
    Shape,
    smallest_shape,
)
from node.proving.task import MarksTask
from node.quoting import PROVING, ChainRules, market_of, proving_rules
from node.rpc.errors import Fault, QueueFull, RequestFaults, RequestIdReused
from node.rpc.ports import StillWanted
from node.service.jobs import JOB_KIND, StoredJobs
from node.service.quoting import QuotingDesk
from node.service.settlement import OFF_CHAIN, Settlement
from node.store import Proving, RequestIdTakenError, Store, Submission
from node.values import JobView, MarksSubmission, SettlementMode

_QUEUE_RETRY_SECONDS = 5.0


@dataclass(frozen=True)
class IntakePolicy:
    """What is accepted: how many jobs may wait, which sizes are proven, and by which profile."""

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
        settlement: Settlement,
        policy: IntakePolicy,
    ) -> None:
        self._store = store
        self._jobs = jobs
        self._desk = desk
        self._settlement = settlement
        self._policy = policy

    def submit(self, submission: MarksSubmission, still_wanted: StillWanted) -> JobView:
        """The job, on disk before this returns."""
        rules = self._rules(submission.capacity)
        market = market_of(self._desk.quantise(submission.chain, rules)).market
        shape = self._shape(submission.capacity, market)
        known = self._store.jobs.find(submission.request_id) if submission.request_id else None
        if known is None:
            self._check_room()
        settle, header = self._header(submission, market, shape)
        task = MarksTask(
            statement=submission.statement,
            shape=shape,
            header=header,
            market=market,
            settle=settle,
            profile=self._policy.profile,
        )
        still_wanted()
        try:
            accepted = self._store.jobs.submit(
                Submission(
                    kind=JOB_KIND,
                    payload=task.to_bytes(),
                    content_digest=task.content_digest(),
                    request_id=submission.request_id or None,
                )
            )
        except RequestIdTakenError as error:
            raise RequestIdReused(str(error), metadata={"job_id": error.job_id}) from error
        return self._jobs.view(accepted.job)

    def _rules(self, capacity: int) -> ChainRules:
        if capacity == 0:
            return PROVING
        for shape in self._policy.shapes:
            if shape.capacity == capacity:
                return proving_rules(shape)
        offered = ", ".join(str(shape.capacity) for shape in self._policy.shapes)
        raise RequestFaults(
            [Fault("capacity", f"{capacity} is not offered; use one of {offered}, or 0")]
        )

    def _shape(self, capacity: int, market: Market) -> Shape:
        if capacity == 0 and self._policy.shapes == PRODUCT_SHAPES:
            return smallest_shape(market)
        for shape in self._policy.shapes:
            groups, fullest = len(market.groups), max(len(g.options) for g in market.groups)
            fits = groups <= shape.groups and fullest <= shape.lanes
            if fits and capacity in (0, shape.capacity):
                return shape
        raise RequestFaults([Fault("chain.options", "no size that this node offers holds them")])

    def _header(
        self, submission: MarksSubmission, market: Market, shape: Shape
    ) -> tuple[bool, Header]:
        mode = submission.settlement_mode
        if mode is SettlementMode.DEFAULT:
            has_chain = self._settlement.describe() is not None
            mode = SettlementMode.ATTEST if has_chain else SettlementMode.PROVE_ONLY
        if mode is SettlementMode.PROVE_ONLY:
            return False, OFF_CHAIN
        return True, self._settlement.header(market, shape, submission.consumer)

    def _check_room(self) -> None:
        waiting = self._store.jobs.count()[Proving.QUEUED]
        if waiting >= self._policy.queued_jobs:
            raise QueueFull(
                f"{waiting} jobs wait, the most this node keeps; send again later",
                metadata={"limit": str(self._policy.queued_jobs)},
                retry_after_seconds=_QUEUE_RETRY_SECONDS,
            )
