"""The demonstration's node and client: quote, submit, watch, over gRPC as anyone would."""

from __future__ import annotations

import itertools
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from node import client
from node.chain import development_account, error_table
from node.client import Client
from node.demo.settled import Sent, Settled, timed
from node.demo.snapshot import Snapshot
from node.demo.stage import Say, Stage
from node.relay import Relay, RelayPolicy, RelayRunner
from node.service import ChainSettlement, Node, NodeSettings, SnapshotBook
from node.store import Store

_JOB_SECONDS = 600.0


@contextmanager
def serving(stage: Stage, snapshot: Snapshot, keys_directory: Path) -> Iterator[Node]:
    """A node on loopback with a store of its own, settling on the stage."""
    book = SnapshotBook()
    book.add(snapshot.placed.market)

    def relay(store: Store) -> RelayRunner:
        worker = Relay(
            store,
            stage.chain,
            registry=stage.deployment.address("AttestationRegistry"),
            errors=error_table(),
            account=development_account("relay"),
            policy=RelayPolicy.development(),
        )
        return RelayRunner(worker, store, interval=0.1)

    with tempfile.TemporaryDirectory(prefix="proofmark-demo-") as folder:
        settings = NodeSettings(
            store=Path(folder) / "node.sqlite",
            keys_directory=keys_directory,
            address="127.0.0.1:0",
        )
        settlement = ChainSettlement(stage.chain, stage.deployment, book=book)
        with Node(settings, settlement=settlement, relay=relay) as node:
            yield node


def ask(address: str, snapshot: Snapshot, greeks: bool, say: Say) -> Settled:
    """Quote, submit, watch; over gRPC as any client would."""
    asked = client.Chain.from_rows(snapshot.rows)
    wanted = client.Statement.PRICE_AND_GREEKS if greeks else client.Statement.PRICE
    with Client(address) as service:
        quoted, quote_seconds = timed(lambda: service.quote(asked))
        say(f"quoted {len(quoted)} marks and Greeks in {quote_seconds * 1000:.0f} ms, no proof yet")
        job = service.submit_marks(asked, statement=wanted, capacity=snapshot.shape.capacity)
        job, seen = _watch(service, job, say)
        attestation = service.get_attestation(job.job_id)
    return Settled(
        sent=Sent.of(attestation.key_id, attestation.word_values, attestation.proof),
        block_number=job.transaction.block_number if job.transaction else 0,
        gas_used=job.transaction.gas_used if job.transaction else 0,
        states=tuple(seen),
        deltas=tuple(str(mark.greeks.delta) for mark in quoted),
        quote_seconds=quote_seconds,
        proving_seconds=max(seen.get("PROVED", 0.0) - seen.get("PROVING", 0.0), 0.0),
    )


def _watch(service: Client, submitted: client.Job, say: Say) -> tuple[client.Job, dict[str, float]]:
    """The confirmed job, and when each state was first seen."""
    seen: dict[str, float] = {}
    newest = submitted
    watched = service.watch_job(submitted.job_id, timeout_seconds=_JOB_SECONDS)
    for newest in itertools.chain([submitted], watched):
        state = _state(newest)
        if state not in seen:
            seen[state] = time.monotonic()
            cause = f": {newest.cause}" if newest.cause else ""
            say(f"job {newest.job_id[:8]} {state}{cause}")
        if newest.done or state == "CONFIRMED":
            break
    return newest, seen


def _state(job: client.Job) -> str:
    """The one word that people want: settlement once there is any, proving before."""
    unsettled = (client.SettlementState.NONE, client.SettlementState.READY)
    if job.settlement_state in (*unsettled, client.SettlementState.UNSPECIFIED):
        return job.proving_state.name
    return job.settlement_state.name
