"""`proofmark demo-margin`: a hidden book, covered and in breach, on a chain that never sees it."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

import typer
from rich.table import Table

from node.cli.margin.inputs import DEFAULT_PARAMETERS, chosen_conditions
from node.cli.margin.sheets import sheet_report, sheet_table
from node.cli.options import AsJson, DataDirectory, EngineName, EngineOption, chosen_engine
from node.cli.output import print_json, reporting_errors, say, sayer, table_console
from node.config import load_settings

if TYPE_CHECKING:
    from node.demo.margin import MarginDemoReport


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("demo-margin")(demo_margin)


def demo_margin(
    engine: EngineOption = EngineName.AUTO,
    data_directory: DataDirectory = None,
    as_json: AsJson = False,
) -> None:
    """Run a hidden book once: covered, in breach, cured.

    A book of 32 legs is shown to its owner and committed to on an embedded chain; proofs of its
    margin let its collateral out, tell of a breach after a fall, and end it. A second account, with
    an open book, trades behind a margin gate. At the end: what an observer of the chain learned.
    """
    from node.demo.margin import MarginDemoOptions, run_margin_demo  # noqa: PLC0415
    from node.service import configure_logging  # noqa: PLC0415

    with reporting_errors(as_json):
        configure_logging(as_json=as_json, level=logging.WARNING)
        settings = load_settings(data_directory=data_directory)
        options = MarginDemoOptions(settings.keys_directory, chosen_engine(engine))
        report = run_margin_demo(options, sayer(as_json) if as_json else lambda x: say(f"  {x}"))
    if as_json:
        print_json(report.data())
    else:
        _print(report)


def _print(report: MarginDemoReport) -> None:
    console = table_console()
    conditions = chosen_conditions(None, DEFAULT_PARAMETERS, tell=False)
    sheets = {
        "today": sheet_report(report.before, conditions),
        "after the fall": sheet_report(report.after, conditions),
    }
    title = f"for the owner's eyes: {report.legs} legs, {report.parameters}"
    console.print(sheet_table(sheets, conditions.underlying.quote_currency, title))
    steps = Table(
        "what happened on chain", "outcome", title=f"{report.chain} chain {report.chain_id}"
    )
    steps.add_column("gas", justify="right")
    for step in report.steps:
        steps.add_row(step.what, step.outcome, f"{step.gas:,}" if step.gas else "")
    console.print(steps)
    proofs = Table("proven in the owner's process", title=f"{report.engine} engine")
    for name in ("slots", "constraints", "key s", "witness s", "proof s", "bytes", "words"):
        proofs.add_column(name, justify="right")
    for each in report.provings:
        proofs.add_row(
            each.claim,
            str(each.slots),
            f"{each.constraints:,}",
            f"{each.key_seconds:.1f}",
            f"{each.witness_seconds:.2f}",
            f"{each.proof_seconds:.2f}",
            str(each.proof_bytes),
            str(each.words),
        )
    console.print(proofs)
    learned = Table("an observer of the chain asks", "learns", title="what an observer learned")
    for answer in report.learned:
        learned.add_row(answer.question, answer.answer)
    console.print(learned)
    console.print(f"whole run {report.total_seconds:.1f} s")
