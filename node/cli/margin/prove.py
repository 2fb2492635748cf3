"""`proofmark margin prove`: an attestation of a hidden book's margin, made in this process."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from circuits.statements.portfolio_margin import Kind, Level
from node.attestations import Attestation, ProvingTimes, write_attestation
from node.cli.margin.from_chain import Destination, HeaderOptions
from node.cli.margin.inputs import (
    DEFAULT_PARAMETERS,
    Account,
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
    BookOpening,
    MarginRequest,
    Valuer,
    breach_headroom,
    claim_of,
    margin_statement,
    prove_margin,
)
from prover import Engine

Out = Annotated[Path, typer.Option("--out", help="Attestation file to write.", show_default=False)]
Bound = Annotated[
    int | None,
    typer.Option(
        "--collateral",
        min=0,
        help="W: the collateral that covered counts on (0), or with which a breach is one still"
        " (what is held, and two digits of what is missing beyond it).",
    ),
]
AccountRpc = Annotated[
    str | None,
    typer.Option(
        "--rpc",
        help="URL of the account's chain. The next four options are read there unless given, and"
        " what the contract would refuse is not proven. Without it they are 0: for no chain, only"
        " for files.",
    ),
]
ChainId = Annotated[int | None, typer.Option("--chain-id", min=0, help="Chain of the registry.")]
Registry = Annotated[
    str | None, typer.Option("--registry", help="Address of the AttestationRegistry.")
]
Sequence = Annotated[
    int | None,
    typer.Option("--sequence", min=0, help="The account's next number for this kind."),
]
ValidUntil = Annotated[
    int | None,
    typer.Option(
        "--valid-until",
        min=0,
        help="Unix seconds: the snapshot's time plus the registry's largest age.",
    ),
]
Slots = Annotated[
    int,
    typer.Option(
        "--slots",
        callback=chosen_slots,
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
    collateral: Bound = None,
    rpc: AccountRpc = None,
    chain_id: ChainId = None,
    registry: Registry = None,
    sequence: Sequence = None,
    valid_until: ValidUntil = None,
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
    all to read. The book stays in this process; a missing development key is made first.
    """
    reference = AccountReference(consumer_address(consumer), account_number(account))
    given = _given_header(rpc, kind, chain_id, registry, sequence, valid_until)
    with reporting_errors(as_json):
        arithmetic, settings = chosen_engine(engine), settings_in(data_directory)
        valuer = chosen_conditions(market, parameters, tell=not as_json).valuer
        destination = Destination.of(rpc, reference, kind, given)
        owner = owner_account(keystore, password_file, sayer(as_json))
        opened = owner_vault(settings.data_directory, owner).newest(reference)
        request = _request(kind, level, collateral, destination, opened, valuer)
        destination.check(request, opened, valuer)
        asked = _Asked(request, opened, valuer, slots, out)
        report = _prove(asked, key_store(settings), arithmetic, as_json)
    print_report({**report, "development_owner": keystore is None}, as_json)


def _given_header(
    rpc: str | None,
    kind: Kind,
    chain_id: int | None,
    registry: str | None,
    sequence: int | None,
    valid_until: int | None,
) -> HeaderOptions:
    """The options of the header; a wrong address, or `open` for an account, is a usage error."""
    if rpc is not None and kind is Kind.OPEN:
        raise typer.BadParameter("accounts of hidden books take no open", param_hint="--rpc")
    largest = (1 << 160) - 1
    address = None if registry is None else hexadecimal(registry, largest, "--registry")
    return HeaderOptions(chain_id, address, sequence, valid_until)


def _request(
    kind: Kind,
    level: LevelName,
    collateral: int | None,
    destination: Destination,
    opened: BookOpening,
    valuer: Valuer,
) -> MarginRequest:
    """Where no W is given, a breach's outlasts deposits, and other claims count on nothing."""
    if kind is Kind.BREACH and collateral is None:
        sheet = valuer.quote(opened.book)
        collateral = breach_headroom(sheet, valuer.parameters, destination.collateral)
    return MarginRequest(kind, destination.header, Level[level.name], collateral or 0)


@dataclass(frozen=True)
class _Asked:
    """What to prove about which book, by which circuit, into which file."""

    request: MarginRequest
    opened: BookOpening
    valuer: Valuer
    slots: int
    out: Path


def _prove(asked: _Asked, store: KeyStore, engine: Engine, as_json: bool) -> dict[str, object]:
    """Prove, write, report."""
    request, opened, valuer = asked.request, asked.opened, asked.valuer
    claim_of(request, opened, valuer)  # what does not hold is refused before a key is made
    statement = margin_statement(request.kind, valuer.market, valuer.parameters, asked.slots)
    title = statement_title(statement)
    with working(f"the key of {title}", as_json):
        key = store.ensure_development_key(statement, sayer(as_json), engine)
    with working(f"proving, {engine.name} engine", as_json):
        made, times = prove_margin(request, opened, valuer, key, engine, slots=asked.slots)
    write_attestation(asked.out, made)
    return {
        "file": str(asked.out),
        "statement": title,
        "unsafe_dev": key.verifying_key.unsafe_dev,
        "engine": engine.name,
        "sequence": request.header.sequence,
        "valid_until_unix": request.header.valid_until,
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
