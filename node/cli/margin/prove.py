"""`proofmark margin prove`: an attestation of a hidden book's margin, made in this process."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from circuits.statements.header import Header
from circuits.statements.portfolio_margin import Kind, Level
from node.attestations import Attestation, ProvingTimes, write_attestation
from node.cli.margin.inputs import (
    DEFAULT_PARAMETERS,
    Account,
    Collateral,
    Consumer,
    Keystore,
    Market,
    Parameters,
    PasswordFile,
    account_number,
    chosen_conditions,
    chosen_slots,
    consumer_address,
    hexadecimal,
    owner_account,
    owner_vault,
)
from node.cli.options import (
    AsJson,
    DataDirectory,
    EngineName,
    EngineOption,
    chosen_engine,
    key_store,
    settings_in,
)
from node.cli.output import print_report, reporting_errors, sayer, working
from node.keys import KeyStore, statement_title
from node.margin import (
    PRODUCT_SLOTS,
    AccountReference,
    MarginRequest,
    Valuer,
    Vault,
    claim_of,
    margin_statement,
    prove_margin,
)
from prover import Engine

Out = Annotated[Path, typer.Option("--out", help="Attestation file to write.", show_default=False)]
ChainId = Annotated[
    int, typer.Option("--chain-id", help="Chain of the registry; 0: for no chain, only for files.")
]
Registry = Annotated[str, typer.Option("--registry", help="Address of the AttestationRegistry.")]
Sequence = Annotated[
    int,
    typer.Option("--sequence", help="The account's next number for this kind."),
]
ValidUntil = Annotated[
    int,
    typer.Option(
        "--valid-until",
        help="Unix seconds: the snapshot's time plus the registry's largest age.",
    ),
]
Slots = Annotated[
    int,
    typer.Option(
        "--slots",
        help=f"Legs the circuit holds: {', '.join(map(str, PRODUCT_SLOTS))}; the last tells nothing"
        " of their number.",
    ),
]


class LevelName(StrEnum):
    """The margin that is meant."""

    MAINTENANCE = "maintenance"
    INITIAL = "initial"


LevelOption = Annotated[LevelName, typer.Option("--level", help="Which margin.")]


def register(group: typer.Typer) -> None:
    """Add the command."""
    group.command("prove")(prove)


def prove(
    kind: Annotated[Kind, typer.Argument(help="What to show.", show_default=False)],
    consumer: Consumer,
    account: Account,
    out: Out,
    market: Market = None,
    parameters: Parameters = DEFAULT_PARAMETERS,
    level: LevelOption = LevelName.MAINTENANCE,
    collateral: Collateral = 0,
    chain_id: ChainId = 0,
    registry: Registry = "0x0",
    sequence: Sequence = 0,
    valid_until: ValidUntil = 0,
    slots: Slots = 128,
    keystore: Keystore = None,
    password_file: PasswordFile = None,
    engine: EngineOption = EngineName.AUTO,
    data_directory: DataDirectory = None,
    as_json: AsJson = False,
) -> None:
    """Prove a claim about a committed book, into a file.

    covered: the margin with W is not negative. breach: the maintenance margin with W is negative.
    requirement: the least collateral that covers it. open: as covered, the book in the words for
    all to read. The book stays in this process. A missing development key is made first, with a
    message.
    """
    address = hexadecimal(registry, (1 << 160) - 1, "--registry")
    header = Header(chain_id, address, consumer_address(consumer), sequence, valid_until)
    request = MarginRequest(kind, header, Level[level.name], collateral)
    asked = _Asked(request, account_number(account), chosen_slots(slots), out)
    with reporting_errors(as_json):
        arithmetic = chosen_engine(engine)
        settings = settings_in(data_directory)
        valuer = chosen_conditions(market, parameters, tell=not as_json).valuer
        owner = owner_account(keystore, password_file, sayer(as_json))
        vault = owner_vault(settings.data_directory, owner)
        report = _prove(asked, valuer, vault, key_store(settings), arithmetic, as_json)
        report["development_owner"] = keystore is None
    print_report(report, as_json)


@dataclass(frozen=True)
class _Asked:
    """What to prove about which account, by which circuit, into which file."""

    request: MarginRequest
    account_id: int
    slots: int
    out: Path


def _prove(
    asked: _Asked, valuer: Valuer, vault: Vault, store: KeyStore, engine: Engine, as_json: bool
) -> dict[str, object]:
    """Prove, write, report."""
    opened = vault.newest(AccountReference(asked.request.header.consumer, asked.account_id))
    claim_of(asked.request, opened, valuer)  # what does not hold is refused before a key is made
    statement = margin_statement(asked.request.kind, valuer.market, valuer.parameters, asked.slots)
    title = statement_title(statement)
    with working(f"the key of {title}", as_json):
        key = store.ensure_development_key(statement, sayer(as_json), engine)
    with working(f"proving, {engine.name} engine", as_json):
        made, times = prove_margin(asked.request, opened, valuer, key, engine, slots=asked.slots)
    write_attestation(asked.out, made)
    return {
        "file": str(asked.out),
        "statement": title,
        "unsafe_dev": key.verifying_key.unsafe_dev,
        "engine": engine.name,
        **_report(made, times),
    }


def _report(made: Attestation, times: ProvingTimes) -> dict[str, object]:
    return {
        "key_id": f"0x{made.key_id.hex()}",
        "words": len(made.words),
        "proof_bytes": len(made.proof),
        "witness_seconds": round(times.witness, 3),
        "proof_seconds": round(times.proof, 3),
        "check_seconds": round(times.check, 3),
    }
