"""The demonstration, step by step."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from pathlib import Path

from circuits.statements.option_marks import OptionMarks
from node.demo.live import ask, serving
from node.demo.readback import read_back
from node.demo.report import DemoReport
from node.demo.settled import Settled, timed
from node.demo.shipped import Shipped, load_shipped, send_shipped
from node.demo.snapshot import Snapshot, load_snapshot
from node.demo.stage import Say, Stage, attest_snapshot, deploy_contracts, open_chain
from node.demo.tampering import refusals
from node.keys import KeyStore
from node.keys.errors import EngineTooSlowError
from prover import Engine, VerifyingKey, default_engine


@dataclass(frozen=True)
class DemoOptions:
    """What to show: a chain file (None: the shipped one), an endpoint (None: embedded)."""

    keys_directory: Path
    chain_file: Path | None = None
    rpc: str | None = None
    greeks: bool = False
    engine: Engine | None = None

    @property
    def is_standard(self) -> bool:
        """Whether the shipped proof is of this very run."""
        return (self.chain_file, self.rpc) == (None, None) and not self.greeks


def run_demo(options: DemoOptions, say: Say) -> DemoReport:
    """Run everything; `say` gets a line of progress at a time. Raises NodeError."""
    started = time.monotonic()
    engine = options.engine or default_engine()
    snapshot = load_snapshot(options.chain_file)
    statement = OptionMarks(snapshot.shape, greeks=options.greeks)
    say(f"read {snapshot.placed.market.option_count} options of {snapshot.name}")
    shipped = _shipped(options, engine, say)
    key, key_seconds = timed(lambda: _key(options, statement, engine, shipped, say))
    chain, snapshot = open_chain(options.rpc, snapshot, say)
    stage = deploy_contracts(chain, statement, key, say)
    number = attest_snapshot(stage, snapshot)
    say(f"three signers attested snapshot {number} of {snapshot.placed.underlying.symbol}")
    if shipped is not None:
        settled = send_shipped(stage, snapshot, shipped, engine, say)
    else:
        with serving(stage, snapshot, options.keys_directory) as node:
            say(f"node serves on {node.address} with the {engine.name} engine")
            settled = ask(node.address, snapshot, options.greeks, say)
    say("reading marks back from the contract, and trying to cheat")
    report = _report(options, engine, stage, snapshot, settled)
    return replace(
        report,
        proof_shipped=shipped is not None,
        key_seconds=round(key_seconds, 2),
        total_seconds=round(time.monotonic() - started, 1),
    )


def _report(
    options: DemoOptions, engine: Engine, stage: Stage, snapshot: Snapshot, settled: Settled
) -> DemoReport:
    """What the contract says now; the run's own times are filled in by the caller."""
    rows, errors = read_back(stage, snapshot, settled)
    groups = snapshot.placed.market.groups
    return DemoReport(
        chain_file=snapshot.name,
        options=snapshot.placed.market.option_count,
        expiries=len({group.expiry_unix for group in groups}),
        capacity=snapshot.shape.capacity,
        greeks=options.greeks,
        engine=engine.name,
        chain=stage.chain.name,
        chain_id=stage.chain.chain_id(),
        states=settled.states,
        marks=rows,
        marks_checked=len(errors),
        largest_error=f"{max(errors):.2e}" if errors else None,
        refusals=refusals(stage, settled.sent, snapshot.shape, settled.block_number),
        proof_bytes=32 * len(settled.sent.proof),
        quote_seconds=round(settled.quote_seconds, 3),
        proving_seconds=round(settled.proving_seconds, 3),
        attest_gas=settled.gas_used,
    )


def _shipped(options: DemoOptions, engine: Engine, say: Say) -> Shipped | None:
    """The shipped proof where the engine at hand could not make one in bearable time."""
    if engine.name != "reference":
        return None
    if not options.is_standard:
        raise EngineTooSlowError(
            "without the native engine the demonstration can only replay the proof it ships: "
            "build the engine with `make native`, or leave out --chain, --rpc, --greeks"
        )
    say("the native engine is missing, and the reference engine would prove for hours:")
    say("a shipped proof of this very snapshot is verified and attested instead (`make native`)")
    return load_shipped()


def _key(
    options: DemoOptions,
    statement: OptionMarks,
    engine: Engine,
    shipped: Shipped | None,
    say: Say,
) -> VerifyingKey:
    if shipped is not None:
        return shipped.key
    keys = KeyStore(options.keys_directory)
    return keys.ensure_development_key(statement, say, engine).verifying_key
