"""`proofmark prove marks`: a chain file becomes an attestation file."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from circuits.statements.option_marks import OptionMarks, smallest_shape
from node.attestations import OFF_CHAIN, ProvingTimes, attest_market, write_attestation
from node.cli.options import (
    AsJson,
    Capacity,
    DataDirectory,
    EngineName,
    EngineOption,
    WithGreeks,
    chosen_engine,
    chosen_shape,
    key_store,
    settings_in,
)
from node.cli.output import print_report, reporting_errors, sayer, working
from node.keys import statement_title
from node.quoting import PROVING, PlacedMarket, market_of, proving_rules, read_chain


def register(app: typer.Typer) -> None:
    """Add the command and its parts."""
    group = typer.Typer(
        no_args_is_help=True,
        help="Prove marks, into a file; margins: `margin prove`.",
    )
    group.callback()(_statements)
    group.command("marks")(marks)
    app.add_typer(group, name="prove")


def marks(
    chain: Annotated[Path, typer.Option("--chain", help="Chain CSV file.", show_default=False)],
    out: Annotated[
        Path, typer.Option("--out", help="Attestation file to write.", show_default=False)
    ],
    capacity: Capacity = None,
    greeks: WithGreeks = False,
    engine: EngineOption = EngineName.AUTO,
    data_directory: DataDirectory = None,
    as_json: AsJson = False,
) -> None:
    """Prove the marks of a chain file, into a file.

    The chain file is one snapshot of one listed underlying. The attestation is bound to no
    blockchain. A missing development key is made first.
    """
    shape = None if capacity is None else chosen_shape(capacity)
    with reporting_errors(as_json):
        arithmetic = chosen_engine(engine)
        placed = market_of(read_chain(chain, PROVING if shape is None else proving_rules(shape)))
        statement = OptionMarks(shape or smallest_shape(placed.market), greeks=greeks)
        store = key_store(settings_in(data_directory))
        with working(f"the key of {statement_title(statement)}", as_json):
            key = store.ensure_development_key(statement, sayer(as_json), arithmetic)
        doing = f"proving {placed.market.option_count} options, {arithmetic.name} engine"
        with working(doing, as_json):
            attestation, times = attest_market(statement, OFF_CHAIN, placed.market, key, arithmetic)
        write_attestation(out, attestation)
    report = {
        "file": str(out),
        "key_id": f"0x{attestation.key_id.hex()}",
        "unsafe_dev": key.verifying_key.unsafe_dev,
        "engine": arithmetic.name,
        "proof_bytes": len(attestation.proof),
        **_report(statement, placed, times),
    }
    print_report(report, as_json)


def _report(statement: OptionMarks, placed: PlacedMarket, times: ProvingTimes) -> dict[str, Any]:
    return {
        "statement": statement_title(statement),
        "underlying": placed.underlying.symbol,
        "options": placed.market.option_count,
        "words": statement.description.word_count,
        "witness_seconds": round(times.witness, 3),
        "proof_seconds": round(times.proof, 3),
        "check_seconds": round(times.check, 3),
    }


def _statements() -> None:
    """Prove marks, into a file; margins: `margin prove`."""
