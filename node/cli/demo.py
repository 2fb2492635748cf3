"""`proofmark demo`: a real option chain becomes attested marks on a chain."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.table import Table

from node.cli.options import (
    AsJson,
    DataDirectory,
    EngineName,
    EngineOption,
    WithGreeks,
    chosen_engine,
    settings_in,
)
from node.cli.output import print_json, reporting_errors, say, table_console

if TYPE_CHECKING:
    from node.demo import DemoReport


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("demo")(demo)


def demo(
    chain: Annotated[Path | None, typer.Option("--chain", help="Chain CSV; default: BTC.")] = None,
    rpc: Annotated[
        str | None, typer.Option("--rpc", help="JSON-RPC endpoint; default: the embedded chain.")
    ] = None,
    greeks: WithGreeks = False,
    engine: EngineOption = EngineName.AUTO,
    data_directory: DataDirectory = None,
    as_json: AsJson = False,
) -> None:
    """Run the whole pipeline once, and try to cheat.

    A chain is quoted, proven, attested on a chain, read back from the contract; cheats are refused.
    """
    # gRPC and web3 take a second to import: only the commands that need them pay for it.
    from node.demo import DemoOptions, run_demo  # noqa: PLC0415
    from node.service import configure_logging  # noqa: PLC0415

    with reporting_errors(as_json):
        configure_logging(as_json=as_json, level=logging.WARNING)
        options = DemoOptions(
            keys_directory=settings_in(data_directory).keys_directory,
            chain_file=chain,
            rpc=rpc,
            greeks=greeks,
            engine=chosen_engine(engine),
        )
        report = run_demo(options, lambda line: say(f"  {line}"))
    if as_json:
        print_json(report.data())
    else:
        _print(report)


def _print(report: DemoReport) -> None:
    from node.demo.report import RECOMPUTATION_GAS  # noqa: PLC0415

    console = table_console()
    table = Table("expiry", "type", title=f"marks read back from the contract ({report.chain})")
    for name in ("strike", "mark", "delta", "bid", "ask", "error"):
        table.add_column(name, justify="right", no_wrap=True)
    for row in report.marks:
        delta = f"{float(row.delta):.4f}"
        bid, ask = (f"{float(value):,.2f}" if value else "-" for value in (row.bid, row.ask))
        cells = (row.strike, row.mark, delta, bid, ask, row.error or "-")
        table.add_row(row.expiry, row.option_type, *cells)
    console.print(table)
    console.print(
        f"error: distance from an independent 50-digit value; largest {report.largest_error}"
        if report.largest_error
        else "error: not computed, mpmath is not installed (demo extra)"
    )
    console.print(_proving_line(report))
    console.print(
        f"attested with {report.attest_gas:,} gas, {report.gas_per_option:,.0f} an option "
        f"(on-chain recomputation: {RECOMPUTATION_GAS:,} at best)"
    )
    console.print(f"states: {' → '.join(report.states)}; chain {report.chain_id}")
    refused = Table("tampered attestation", "the contract's reason", title="refused")
    for refusal in report.refusals:
        refused.add_row(refusal.attempt, refusal.reason)
    console.print(refused)
    console.print(f"whole run {report.total_seconds:.1f} s, keys {report.key_seconds:.1f} s of it")


def _proving_line(report: DemoReport) -> str:
    what = f"{report.options} options (capacity {report.capacity}" + (
        ", with five Greeks)" if report.greeks else ")"
    )
    if report.proof_shipped:
        return f"replayed the shipped proof of {what}: {report.proof_bytes} bytes"
    return (
        f"proved {what} in {report.proving_seconds:.2f} s: {report.options_per_second:,.0f} "
        f"options/s, {report.engine} engine, {report.proof_bytes} bytes of proof"
    )
