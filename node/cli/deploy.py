"""`proofmark deploy`: the contracts, on a chain behind a URL."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from circuits.statements.option_marks import PRODUCT_SHAPES, OptionMarks
from node.cli.options import (
    AsJson,
    DataDirectory,
    EngineName,
    EngineOption,
    WithGreeks,
    chosen_engine,
    chosen_shape,
    key_store,
    settings_in,
)
from node.cli.output import print_fields, print_json, reporting_errors, say

_SMALLEST = PRODUCT_SHAPES[0].capacity


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("deploy")(deploy)


def deploy(
    rpc: Annotated[str, typer.Option("--rpc", help="URL of the chain.", show_default=False)],
    keystore: Annotated[
        Path, typer.Option("--keystore", help="V3 keystore of the deployer, mode 0600.")
    ],
    password_file: Annotated[
        Path, typer.Option("--password-file", help="File with its password, mode 0600.")
    ],
    capacity: Annotated[
        list[int] | None,
        typer.Option("--capacity", help="Verifiers to deploy; may be repeated. [64]"),
    ] = None,
    greeks: WithGreeks = False,
    signer: Annotated[
        list[str] | None, typer.Option("--signer", help="An oracle signer's address; repeat it.")
    ] = None,
    threshold: Annotated[
        int | None, typer.Option("--threshold", help="Signers that must sign. [the majority]")
    ] = None,
    owner: Annotated[
        str | None, typer.Option("--owner", help="Who is offered ownership. [the deployer]")
    ] = None,
    afresh: Annotated[
        bool, typer.Option("--afresh", help="New contracts, even if some are on record.")
    ] = False,
    engine: EngineOption = EngineName.AUTO,
    data_directory: DataDirectory = None,
    as_json: AsJson = False,
) -> None:
    """Deploy the contracts, or add verifiers to those on record; addresses are kept."""
    # web3 takes half a second to import: only the commands that speak to a chain pay for it.
    from node.chain import DeploymentsFile, RpcChain, load_keystore  # noqa: PLC0415
    from node.cli.deployment import (  # noqa: PLC0415
        DeployRequest,
        deploy_contracts,
        deployment_report,
    )

    shapes = [chosen_shape(each) for each in capacity or [_SMALLEST]]
    request = DeployRequest(
        [OptionMarks(shape, greeks=greeks) for shape in shapes],
        [_address(each, "--signer") for each in signer or ()],
        threshold,
        None if owner is None else _address(owner, "--owner"),
        afresh,
    )
    with reporting_errors(as_json):
        settings = settings_in(data_directory)
        account = load_keystore(keystore, password_file)
        record = DeploymentsFile(settings.deployments_file)
        deployment = deploy_contracts(
            RpcChain(rpc),
            account,
            request,
            key_store(settings),
            record,
            chosen_engine(engine),
            say,
        )
    report = deployment_report(deployment)
    if as_json:
        print_json(report)
        return
    verifiers = report["verifiers"].items()
    print_fields(
        {"chain id": report["chain_id"], **report["contracts"]}
        | {f"verifier of {key_id}": each["address"] for key_id, each in verifiers}
        | {"record": settings.deployments_file}
    )


def _address(text: str, option: str) -> str:
    from eth_utils.address import is_address, to_checksum_address  # noqa: PLC0415

    if not is_address(text):
        raise typer.BadParameter(
            f"{text!r} is no address, expected 0x and 40 hexadecimal digits with a right checksum",
            param_hint=option,
        )
    return to_checksum_address(text)
