"""The demonstration, step by step."""

from __future__ import annotations

import itertools
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from circuits.statements.option_marks import OptionMarks
from node import client
from node.chain import development_account, error_table
from node.client import Client
from node.demo import fifty_digits
from node.demo.report import DemoReport, MarkRow, Refusal
from node.demo.snapshot import Snapshot, load_snapshot
from node.demo.stage import Say, Stage, attest_snapshot, deploy_contracts, open_chain
from node.demo.tampering import Sent, refusals
from node.keys import KeyStore
from node.quoting import format_instant, price_decimal, scaled_to_decimal
from node.relay import Relay, RelayPolicy, RelayRunner
from node.service import ChainSettlement, Node, NodeSettings, SnapshotBook
from node.store import Store
from prover import ProvingKey, default_engine

ROWS_SHOWN = 12
_JOB_SECONDS = 600.0
_PRICE_ATOMS = 6  #: position of priceAtoms in MarkBoard's Mark


@dataclass(frozen=True)
class DemoOptions:
    """What to show: a chain file (None: the shipped one), an endpoint (None: embedded), a size."""

    keys_directory: Path
    chain_file: Path | None = None
    rpc: str | None = None
    capacity: int | None = None
    greeks: bool = False


@dataclass(frozen=True)
class _Proven:
    job: client.Job
    states: tuple[str, ...]
    attestation: client.Attestation
    quoted: list[client.Mark]
    quote_seconds: float
    proving_seconds: float


def run_demo(options: DemoOptions, say: Say) -> DemoReport:
    """Run everything; `say` gets a line of progress at a time. Raises NodeError."""
    started = time.monotonic()
    snapshot = load_snapshot(options.chain_file, options.capacity)
    statement = OptionMarks(snapshot.shape, greeks=options.greeks)
    market = snapshot.placed.market
    say(f"read {market.option_count} options of {snapshot.name}")
    key, key_seconds = _timed(lambda: _key(options, statement, say))
    chain, snapshot = open_chain(options.rpc, snapshot, say)
    stage = deploy_contracts(chain, statement, key.verifying_key, say)
    number = attest_snapshot(stage, snapshot)
    say(f"three signers attested snapshot {number} of {snapshot.placed.underlying.symbol}")
    with _node(stage, snapshot, options) as node:
        say(f"node serves on {node.address} with the {default_engine().name} engine")
        proven = _ask(node.address, snapshot, options, say)
    say("reading marks back from the contract, and trying to cheat")
    rows, errors = _read_back(stage, snapshot, proven)
    return DemoReport(
        chain_file=snapshot.name,
        options=market.option_count,
        expiries=len({group.expiry_unix for group in market.groups}),
        capacity=snapshot.shape.capacity,
        greeks=options.greeks,
        engine=default_engine().name,
        chain=chain.name,
        chain_id=chain.chain_id(),
        states=proven.states,
        marks=rows,
        marks_checked=len(errors),
        largest_error=f"{max(errors):.2e}" if errors else None,
        refusals=_cheat(stage, snapshot, proven),
        proof_bytes=len(proven.attestation.proof),
        quote_seconds=round(proven.quote_seconds, 3),
        key_seconds=round(key_seconds, 2),
        proving_seconds=round(proven.proving_seconds, 3),
        total_seconds=round(time.monotonic() - started, 1),
        attest_gas=proven.job.transaction.gas_used if proven.job.transaction else 0,
    )


def _key(options: DemoOptions, statement: OptionMarks, say: Say) -> ProvingKey:
    return KeyStore(options.keys_directory).ensure_development_key(statement, say)


def _timed(action: Callable[[], Any]) -> tuple[Any, float]:
    start = time.monotonic()
    result = action()
    return result, time.monotonic() - start


@contextmanager
def _node(stage: Stage, snapshot: Snapshot, options: DemoOptions) -> Iterator[Node]:
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
            keys_directory=options.keys_directory,
            address="127.0.0.1:0",
        )
        settlement = ChainSettlement(stage.chain, stage.deployment, book=book)
        with Node(settings, settlement=settlement, relay=relay) as node:
            yield node


def _ask(address: str, snapshot: Snapshot, options: DemoOptions, say: Say) -> _Proven:
    """Quote, submit, watch; over gRPC as any client would."""
    asked = client.Chain.from_rows(snapshot.rows)
    wanted = client.Statement.PRICE_AND_GREEKS if options.greeks else client.Statement.PRICE
    with Client(address) as service:
        quoted, quote_seconds = _timed(lambda: service.quote(asked))
        say(f"quoted {len(quoted)} marks and Greeks in {quote_seconds * 1000:.0f} ms, no proof yet")
        job = service.submit_marks(asked, statement=wanted, capacity=snapshot.shape.capacity)
        job, seen = _watch(service, job, say)
        attestation = service.get_attestation(job.job_id)
    proving = seen.get("PROVED", 0.0) - seen.get("PROVING", 0.0)
    return _Proven(job, tuple(seen), attestation, quoted, quote_seconds, max(proving, 0.0))


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


def _read_back(
    stage: Stage, snapshot: Snapshot, proven: _Proven
) -> tuple[tuple[MarkRow, ...], list[Decimal]]:
    """A dozen marks as the contract gives them, and the error of each checked one."""
    board = stage.contract("MarkBoard")
    places = snapshot.placed.places()
    words = list(proven.attestation.word_values)
    count = len(snapshot.chain.options)
    mpmath = fifty_digits.load()
    rows, errors = [], []
    for index in sorted({i * (count - 1) // (ROWS_SHOWN - 1) for i in range(ROWS_SHOWN)}):
        group, lane = places[index]
        mark = board.read_one("readMark", words, group * snapshot.shape.lanes + lane)
        error = _error(mpmath, snapshot, index, mark[_PRICE_ATOMS])
        errors += [] if error is None else [error]
        rows.append(_row(snapshot, proven, index, mark[_PRICE_ATOMS], error))
    return tuple(rows), errors


def _error(mpmath: Any, snapshot: Snapshot, index: int, atoms: int) -> Decimal | None:
    """Distance from the 50-digit value, in quote currency."""
    if mpmath is None:
        return None
    option = snapshot.chain.options[index]
    ticks = Decimal(atoms).scaleb(-5)
    distance = abs(ticks - fifty_digits.price(mpmath, option))
    return distance.scaleb(-option.underlying.tick_exponent)


def _row(
    snapshot: Snapshot, proven: _Proven, index: int, atoms: int, error: Decimal | None
) -> MarkRow:
    option = snapshot.chain.options[index]
    exponent = option.underlying.tick_exponent
    kind = "put" if option.is_put else "call"
    strike = scaled_to_decimal(option.strike_ticks, power_of_ten=exponent)
    expiry = format_instant(option.expiry_unix)
    bid, ask = snapshot.quotes.get((expiry, Decimal(strike), kind), (None, None))
    return MarkRow(
        expiry=expiry,
        strike=strike,
        option_type=kind,
        mark=price_decimal(atoms, exponent),
        delta=str(proven.quoted[index].greeks.delta),
        bid=bid,
        ask=ask,
        error=None if error is None else f"{error:.1e}",
    )


def _cheat(stage: Stage, snapshot: Snapshot, proven: _Proven) -> tuple[Refusal, ...]:
    proof = proven.attestation.proof
    genuine = Sent(
        key_id=proven.attestation.key_id,
        proof=tuple(int.from_bytes(proof[i : i + 32], "big") for i in range(0, len(proof), 32)),
        words=proven.attestation.word_values,
    )
    block = proven.job.transaction.block_number if proven.job.transaction else 0
    return refusals(stage, genuine, snapshot.shape, block)
