"""`proofmark margin serve`: the owner's own node, for the owner alone."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from typing import Annotated

import structlog
import typer

from node.cli import tls
from node.cli.margin.inputs import (
    DEFAULT_PARAMETERS,
    Account,
    Consumer,
    Keystore,
    Parameters,
    PasswordFile,
    account_number,
    chosen_parameters,
    consumer_address,
    owner_account,
    owner_vault,
)
from node.cli.options import AsJson, DataDirectory, settings_in
from node.cli.output import reporting_errors, say, sayer
from node.cli.stopping import stop_on_signals
from node.margin import AccountReference

ChainId = Annotated[int, typer.Option("--chain-id", help="Chain of the consumer; callers sign it.")]
MarketPath = Annotated[
    Path,
    typer.Option("--market", help="Margin market JSON, read again on change.", show_default=False),
]
Address = Annotated[
    str, typer.Option("--address", help="Where to listen; beyond loopback under TLS.")
]


def register(group: typer.Typer) -> None:
    """Add the command."""
    group.command("serve")(serve)


def serve(
    consumer: Consumer,
    account: Account,
    chain_id: ChainId,
    market: MarketPath,
    address: Address = "127.0.0.1:50071",
    parameters: Parameters = DEFAULT_PARAMETERS,
    keystore: Keystore = None,
    password_file: PasswordFile = None,
    tls_certificate: tls.Certificate = None,
    tls_key: tls.Key = None,
    tls_callers: tls.Callers = None,
    data_directory: DataDirectory = None,
    as_json: AsJson = False,
) -> None:
    """Serve an account's newest book to calls that its key has signed."""
    from node.margin.authority import CallDomain, Gatekeeper  # noqa: PLC0415
    from node.margin.desk import MarketFile, OwnerDesk  # noqa: PLC0415
    from node.rpc.margin_service import MarginServer  # noqa: PLC0415
    from node.service import configure_logging  # noqa: PLC0415

    served = tls.serving(tls_certificate, tls_key, tls_callers)
    reference = AccountReference(consumer_address(consumer), account_number(account))
    stopped = stop_on_signals()
    with reporting_errors(as_json):
        configure_logging(as_json=as_json)
        warn = structlog.get_logger("node.margin").warning if as_json else say
        owner = owner_account(keystore, password_file, warn)
        vault = owner_vault(settings_in(data_directory).data_directory, owner)
        valuer = MarketFile(market, chosen_parameters(parameters).parameters)
        valuer()  # a market that cannot be read is refused now, not at the first call
        opened = vault.newest(reference)
        domain = CallDomain(chain_id, reference.group)
        with closing(Gatekeeper(owner.address, domain, vault.calls(reference, chain_id))) as gate:
            server = MarginServer(OwnerDesk(opened, valuer, gate), address=address, tls=served)
            server.start()
            sayer(as_json)(f"serving the owner on {server.address}; Ctrl-C stops")
            stopped.wait()
            server.drain()
