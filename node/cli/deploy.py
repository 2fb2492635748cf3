"""`proofmark deploy`: the contracts, on a chain behind a URL."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from circuits.statements.option_marks import PRODUCT_SHAPES, OptionMarks
from node.cli.options import (
    AsJson,
    DataDirectory,
    EngineName,
    EngineOption,
    Keystore,
    NewOwner,
    PasswordFile,
    Rpc,
    WithGreeks,
    checksummed_address,
    chosen_engine,
    chosen_shape,
    key_store,
    settings_in,
)
from node.cli.output import print_fields, print_json, reporting_errors, sayer

_SMALLEST = PRODUCT_SHAPES[0].capacity


Capacities = Annotated[
    list[int] | None,
    typer.Option("--capacity", help="Verifiers to deploy; may be repeated. [64]"),
]
Signers = Annotated[
    list[str] | None,
    typer.Option(
        "--signer",
        parser=checksummed_address,
        metavar="ADDRESS",
        help="Address of an oracle signer; may be repeated.",
    ),
]
Threshold = Annotated[
    int | None, typer.Option("--threshold", help="Signers that must sign. [the majority]")
]
Guardian = Annotated[
    str | None,
    typer.Option(
        "--guardian",
        parser=checksummed_address,
        metavar="ADDRESS",
        help="Who may stop routes and trip the breaker. [nobody]",
    ),
]
Afresh = Annotated[
    bool, typer.Option("--afresh", help="Make new contracts, even if some are on record.")
]


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("deploy")(deploy)


def deploy(
    rpc: Rpc,
    keystore: Keystore,
    password_file: PasswordFile,
    capacity: Capacities = None,
    greeks: WithGreeks = False,
    signer: Signers = None,
    threshold: Threshold = None,
    owner: NewOwner = None,
    guardian: Guardian = None,
    afresh: Afresh = False,
    engine: EngineOption = EngineName.AUTO,
    data_directory: DataDirectory = None,
    as_json: AsJson = False,
) -> None:
    """Deploy the contracts, or add verifiers to those on record.

    Addresses are kept in the data directory. Contracts for hidden margins: `deploy-letters`.
    """
    # web3 takes half a second to import: only the commands that speak to a chain pay for it.
    from node.chain import DeploymentsFile, RpcChain, load_keystore  # noqa: PLC0415
    from node.cli import deployment as job  # noqa: PLC0415

    shapes = [chosen_shape(each) for each in capacity or [_SMALLEST]]
    statements = [OptionMarks(shape, greeks=greeks) for shape in shapes]
    request = job.DeployRequest(statements, signer or [], threshold, owner, guardian, afresh)
    with reporting_errors(as_json):
        settings = settings_in(data_directory)
        account = load_keystore(keystore, password_file)
        record, store = DeploymentsFile(settings.deployments_file), key_store(settings)
        arithmetic = chosen_engine(engine)
        done = job.deploy_contracts(
            RpcChain(rpc), account, request, store, record, arithmetic, sayer(as_json)
        )
    report = job.deployment_report(done)
    if as_json:
        print_json(report)
    else:
        _print(report, settings.deployments_file)


def _print(report: dict[str, Any], record: Path) -> None:
    verifiers = report["verifiers"].items()
    print_fields(
        {"chain id": report["chain_id"], **report["contracts"]}
        | {f"verifier of {key_id}": each["address"] for key_id, each in verifiers}
        | {"record": record}
    )
