"""`proofmark margin prove`: an attestation of a hidden book's margin, made in this process."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from circuits.statements.header import Header
from circuits.statements.portfolio_margin import Kind, Level
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
    chosen_scene,
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
from node.cli.output import print_fields, print_json, reporting_errors, sayer, working
from node.keys import statement_title

if TYPE_CHECKING:
    from node.attestations import Attestation, ProvingTimes

_LEVELS = {level.name.lower(): level for level in Level}


def register(group: typer.Typer) -> None:
    """Add the command."""
    group.command("prove")(prove)


def prove(
    kind: Annotated[Kind, typer.Argument(help="What to show.", show_default=False)],
    consumer: Consumer,
    account: Account,
    out: Annotated[
        Path, typer.Option("--out", help="Attestation file to write.", show_default=False)
    ],
    market: Market = None,
    parameters: Parameters = DEFAULT_PARAMETERS,
    level: Annotated[str, typer.Option("--level", help="maintenance or initial.")] = "maintenance",
    collateral: Collateral = 0,
    chain_id: Annotated[int, typer.Option("--chain-id", help="0: for readers of files.")] = 0,
    registry: Annotated[str, typer.Option("--registry", help="AttestationRegistry.")] = "0x0",
    sequence: Annotated[int, typer.Option("--sequence", help="The account's next.")] = 0,
    valid_until: Annotated[int, typer.Option("--valid-until", help="Unix seconds.")] = 0,
    slots: Annotated[
        int, typer.Option("--slots", help="Legs the circuit holds; 128 hides their number best.")
    ] = 128,
    keystore: Keystore = None,
    password_file: PasswordFile = None,
    engine: EngineOption = EngineName.AUTO,
    data_directory: DataDirectory = None,
    as_json: AsJson = False,
) -> None:
    """Prove that the vault's newest book of an account is covered, in breach, or what it needs.

    The book stays in this process. A missing development key is made first, with a message.
    """
    from node.attestations import write_attestation  # noqa: PLC0415
    from node.margin import (  # noqa: PLC0415
        PRODUCT_SLOTS,
        AccountReference,
        MarginRequest,
        Valuer,
        margin_statement,
        prove_margin,
    )

    if level not in _LEVELS:
        raise typer.BadParameter(f"expected {' or '.join(_LEVELS)}", param_hint="--level")
    if slots not in PRODUCT_SLOTS:
        raise typer.BadParameter(f"expected one of {PRODUCT_SLOTS}", param_hint="--slots")
    reference = AccountReference(consumer_address(consumer), account_number(account))
    address = hexadecimal(registry, (1 << 160) - 1, "--registry")
    with reporting_errors(as_json):
        arithmetic = chosen_engine(engine)
        settings = settings_in(data_directory)
        scene = chosen_scene(market, parameters, tell=not as_json)
        vault = owner_vault(settings.data_directory, owner_account(keystore, password_file))
        opened = vault.newest(reference)
        valuer = Valuer(scene.market, scene.parameters.parameters)
        header = Header(chain_id, address, reference.group, sequence, valid_until)
        request = MarginRequest(kind, header, _LEVELS[level], collateral)
        statement = margin_statement(kind, valuer.market, valuer.parameters, slots)
        with working(f"the key of {statement_title(statement)}", as_json):
            key = key_store(settings).ensure_development_key(statement, sayer(as_json), arithmetic)
        with working(f"proving, {arithmetic.name} engine", as_json):
            made, times = prove_margin(request, opened, valuer, key, arithmetic, slots=slots)
        write_attestation(out, made)
    report = {
        "file": str(out),
        "statement": statement_title(statement),
        "unsafe_dev": key.verifying_key.unsafe_dev,
        "engine": arithmetic.name,
        **_report(made, times),
    }
    if as_json:
        print_json(report)
    else:
        print_fields(report)


def _report(made: Attestation, times: ProvingTimes) -> dict[str, object]:
    return {
        "key_id": f"0x{made.key_id.hex()}",
        "words": len(made.words),
        "proof_bytes": len(made.proof),
        "witness_seconds": round(times.witness, 3),
        "proof_seconds": round(times.proof, 3),
        "check_seconds": round(times.check, 3),
    }
