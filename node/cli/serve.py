"""`proofmark serve`: a node that prices, proves and settles until it is told to stop."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from node.cli import tls
from node.cli.options import AsJson, DataDirectory, settings_in
from node.cli.output import reporting_errors, sayer
from node.cli.stopping import stop_on_signals
from node.config import Settings
from node.errors import NodeError, Reason

if TYPE_CHECKING:
    from node.service import Node, NodeSettings
    from node.tls import TlsFiles

_POLL_SECONDS = 1.0


class NodeFailedError(NodeError):
    """The node ended by itself; its log says more."""

    reason = Reason.INTERNAL


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("serve")(serve)


def serve(
    address: Annotated[
        str, typer.Option("--address", help="Where to listen; beyond loopback under TLS.")
    ] = "127.0.0.1:50051",
    rpc: Annotated[
        str | None, typer.Option("--rpc", help="Chain to settle on; none: price and prove only.")
    ] = None,
    keystore: Annotated[
        Path | None, typer.Option("--keystore", help="The relay's V3 keystore; none: dry mode.")
    ] = None,
    password_file: Annotated[
        Path | None, typer.Option("--password-file", help="File with its password, mode 0600.")
    ] = None,
    tls_certificate: tls.Certificate = None,
    tls_key: tls.Key = None,
    tls_callers: tls.Callers = None,
    data_directory: DataDirectory = None,
    as_json: AsJson = False,
) -> None:
    """Serve PricingService: quotes, proofs, settlement.

    Ends with Ctrl-C or SIGTERM: calls finish, jobs stay on disk.
    """
    if (keystore is None) != (password_file is None):
        raise typer.BadParameter("--keystore and --password-file belong together")
    if keystore is not None and rpc is None:
        raise typer.BadParameter("--keystore signs transactions: name the chain with --rpc")
    listen = _Listen(address, tls.serving(tls_certificate, tls_key, tls_callers))
    stopped = stop_on_signals()
    with reporting_errors(as_json):
        settings = settings_in(data_directory)
        settings.make_directories()
        with _node(settings, listen, rpc, _Signer(keystore, password_file), as_json) as node:
            sayer(as_json)(f"serving on {node.address}; Ctrl-C stops")
            while not stopped.wait(_POLL_SECONDS):
                if node.failure is not None:
                    raise NodeFailedError(f"the node stopped: {node.failure}")


@dataclass(frozen=True)
class _Signer:
    """The relay's key, as the options name it."""

    keystore: Path | None
    password_file: Path | None


@dataclass(frozen=True)
class _Listen:
    """Where, and under which certificate."""

    address: str
    tls: TlsFiles | None


def _node(
    settings: Settings, listen: _Listen, rpc: str | None, signer: _Signer, as_json: bool
) -> Node:
    """The node, not started yet. Heavy imports happen here, for this command alone."""
    from node.proving import ProvingSettings, usual_workers  # noqa: PLC0415
    from node.service import Node, NodeSettings, RelayIntake, configure_logging  # noqa: PLC0415

    configure_logging(as_json=as_json)
    own = NodeSettings(
        store=settings.store_url,
        keys_directory=settings.keys_directory,
        address=listen.address,
        tls=listen.tls,
        proving=ProvingSettings(
            workers=settings.workers or usual_workers(),
            threads_per_worker=settings.threads_per_worker,
        ),
        relaying=RelayIntake(settings.relay_waiting, settings.relay_per_minute),
    )
    if rpc is None:
        return Node(own)
    return _settling_node(own, settings, rpc, signer)


def _settling_node(own: NodeSettings, settings: Settings, rpc: str, signer: _Signer) -> Node:
    from node.chain import DeploymentsFile, RpcChain, error_table, load_keystore  # noqa: PLC0415
    from node.relay import Relay, RelayPolicy, RelayRunner  # noqa: PLC0415
    from node.service import ChainSettlement, Node  # noqa: PLC0415
    from node.store import Store  # noqa: PLC0415

    chain = RpcChain(rpc)
    deployment = DeploymentsFile(settings.deployments_file).recorded(chain)
    account = None
    if signer.keystore is not None and signer.password_file is not None:
        account = load_keystore(signer.keystore, signer.password_file)
    registry = deployment.address("AttestationRegistry")
    policy = RelayPolicy.development() if chain.clock_settable else RelayPolicy()

    def relay(store: Store) -> RelayRunner:
        worker = Relay(
            store, chain, registry=registry, errors=error_table(), account=account, policy=policy
        )
        return RelayRunner(worker, store)

    settlement = ChainSettlement(chain, deployment, consumers=settings.relay_consumer_bytes)
    return Node(own, settlement=settlement, relay=relay)
