"""`proofmark verify FILE`: does the proof show its marks or margin? The key is never the file's."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.table import Table

from circuits.statements.option_marks import DecodedWords
from circuits.statements.portfolio_margin import SHIPPED
from node.attestations import (
    Attestation,
    margin_report,
    marks_report,
    read_attestation,
    verify_attestation,
)
from node.cli.expected import Expected
from node.cli.options import (
    AsJson,
    DataDirectory,
    EngineName,
    EngineOption,
    chosen_engine,
    settings_in,
)
from node.cli.output import print_fields, print_json, reporting_errors, sayer, table_console
from node.cli.setup import UNSAFE
from node.keys import (
    KeyStore,
    NotServedError,
    open_verifying_key,
    statement_of,
    statement_title,
)
from node.quoting import (
    GREEK_UNITS,
)
from prover import Engine, VerifyingKey

TrustedKey = Annotated[
    Path | None,
    typer.Option("--key", help="Key file to trust; default: the key store, by key id."),
]
ChainFile = Annotated[
    Path | None,
    typer.Option("--chain", help="Chain CSV file of the market that marks must be of."),
]
MarketFile = Annotated[
    Path | None,
    typer.Option("--market", help="Margin market JSON file that a margin must be of."),
]
ParameterSet = Annotated[
    str | None,
    typer.Option("--parameters", help=f"Set that a margin must be by: {', '.join(SHIPPED)}, file."),
]


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("verify")(verify)


def verify(
    file: Annotated[Path, typer.Argument(help="Attestation file.", show_default=False)],
    key: TrustedKey = None,
    chain: ChainFile = None,
    market: MarketFile = None,
    parameters: ParameterSet = None,
    show_marks: Annotated[bool, typer.Option("--marks", help="Print every mark.")] = False,
    engine: EngineOption = EngineName.AUTO,
    data_directory: DataDirectory = None,
    as_json: AsJson = False,
) -> None:
    """Verify an attestation file of marks or a margin.

    Exit code 0: valid; 1: invalid or unreadable; 2: usage.
    """
    expected = Expected(chain, market, parameters)
    with reporting_errors(as_json):
        arithmetic = chosen_engine(engine)
        attestation = read_attestation(file)
        trusted = _trusted_key(attestation, key, data_directory, arithmetic)
        statement, words = verify_attestation(attestation, trusted, arithmetic)
        expected.compare(words, statement)
    if trusted.unsafe_dev:
        sayer(as_json)(f"proofmark: the key is {UNSAFE}")
    report = {
        "valid": True,
        "key_id": f"0x{trusted.key_id.hex()}",
        "unsafe_dev": trusted.unsafe_dev,
        "statement": statement_title(statement),
        "engine": arithmetic.name,
        "market_compared": expected.has_market,
        "parameters_compared": parameters is not None,
        **(marks_report(words) if isinstance(words, DecodedWords) else margin_report(words)),
    }
    if as_json:
        print_json(report)
    else:
        _print(report, show_marks)


def _print(report: dict[str, Any], show_marks: bool) -> None:
    marks = report.pop("marks", None)
    report |= {f"header.{name}": value for name, value in report.pop("header").items()}
    print_fields(report)
    if show_marks and marks:
        table_console().print(_table(marks))


def _trusted_key(
    attestation: Attestation, path: Path | None, data_directory: Path | None, engine: Engine
) -> VerifyingKey:
    """The key of the local store by key id, or of a file that the caller names."""
    if path is None:
        store = KeyStore(settings_in(data_directory).keys_directory)
        return store.verifying_key_by_id(attestation.key_id)
    key = open_verifying_key(path, engine)
    profile = statement_of(key.statement).profile
    if not profile.served:
        raise NotServedError(f"{path}: profile {profile.name} is for tests, expected R14")
    return key


def _table(marks: list[dict[str, Any]]) -> Table:
    """Rows for people: full price, Greeks to six significant digits."""
    table = Table("expiry", "type")
    names = [name for name in marks[0] if name not in ("expiry_utc", "option_type")]
    for name in names:
        table.add_column(name, justify="right", no_wrap=True)
    for mark in marks:
        numbers = [
            f"{Decimal(mark[name]):.6g}" if name in GREEK_UNITS else mark[name] for name in names
        ]
        table.add_row(mark["expiry_utc"], mark["option_type"], *numbers)
    return table
