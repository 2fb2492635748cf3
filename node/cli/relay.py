"""`proofmark relay FILE`: a finished attestation goes to a node, or straight to the registry."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from node.attestations import Attestation, read_attestation
from node.cli import tls
from node.cli.options import AsJson
from node.cli.output import print_report, reporting_errors, sayer, working
from node.errors import NodeError, Reason
from node.words import join_words

if TYPE_CHECKING:
    from node.client import Client, ClientError, Job
    from node.tls import TlsFiles

NodeAddress = Annotated[
    str | None, typer.Option("--node", help="A node's HOST:PORT, whose relay pays.")
]
Wait = Annotated[bool, typer.Option("--wait", help="Wait until the node calls it final.")]
Seconds = Annotated[
    float, typer.Option("--timeout", min=1.0, help="Seconds to wait; the node goes on after them.")
]
ChainUrl = Annotated[
    str | None, typer.Option("--rpc", help="URL of the chain, to send it from one's own key.")
]
SenderKeystore = Annotated[
    Path | None, typer.Option("--keystore", help="V3 keystore of who pays then.")
]
SenderPassword = Annotated[
    Path | None, typer.Option("--password-file", help="File with its password, mode 0600.")
]


class NodeAnswerError(NodeError):
    """A node refused, or did not answer; reason and way out are those it names."""

    def __init__(self, error: ClientError) -> None:
        faults = [f"\n  {each.field}: {each.description}" for each in getattr(error, "faults", ())]
        super().__init__(f"{error}{''.join(faults)}")
        named = getattr(error, "reason", "")
        if named in Reason.__members__:
            self.reason = Reason[named]  # type: ignore[misc]  # of this answer
        else:
            self.reason = Reason.CHAIN_UNAVAILABLE  # type: ignore[misc]

    @property
    def help(self) -> str:
        """For a node that named no reason: it is not there, or takes longer."""
        if self.reason is Reason.CHAIN_UNAVAILABLE:
            return "Check the address and that the node runs; sent again, it is the same job."
        return super().help


class NotSettledError(NodeError):
    """The relay's job ended without a final attestation."""

    reason = Reason.ATTESTATION_REFUSED


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("relay")(relay)


def relay(
    file: Annotated[Path, typer.Argument(help="Attestation file.", show_default=False)],
    node: NodeAddress = None,
    wait: Wait = False,
    timeout: Seconds = 600.0,
    rpc: ChainUrl = None,
    keystore: SenderKeystore = None,
    password_file: SenderPassword = None,
    tls_servers: tls.Servers = None,
    tls_certificate: tls.Certificate = None,
    tls_key: tls.Key = None,
    as_json: AsJson = False,
) -> None:
    """Bring an attestation on chain.

    By a node, or from your own key. Its words name chain, registry and consumer; the sender gets
    no authority. A node takes it if its relay pays for the consumer and the registry would take it
    now.
    """
    shown = tls.asking(tls_certificate, tls_key, tls_servers)
    if (node is None) == (rpc is None):
        raise typer.BadParameter("name a --node, or a chain with --rpc")
    if rpc is not None and (keystore is None or password_file is None):
        raise typer.BadParameter("--rpc needs --keystore and --password-file: who pays")
    if rpc is None and not (keystore is None and password_file is None):
        raise typer.BadParameter("--keystore is for --rpc; a node pays itself")
    if node is None and shown is not None:
        raise typer.BadParameter("--tls-servers is for --node")
    with reporting_errors(as_json):
        attestation = read_attestation(file)
        if node is not None:
            report = _by_node(attestation, _Node(node, shown), timeout if wait else None, as_json)
        elif rpc is not None and keystore is not None and password_file is not None:
            report = _directly(attestation, rpc, keystore, password_file)
    print_report(report, as_json)


@dataclass(frozen=True)
class _Node:
    """Where a node is, and what to show and believe there."""

    address: str
    tls: TlsFiles | None

    def client(self) -> Client:
        """A connection; an address that needs TLS and has none is a usage error."""
        from node.client import Client, InvalidValueError, tls_credentials  # noqa: PLC0415

        credentials = None if self.tls is None else tls_credentials(self.tls)
        try:
            return Client(self.address, credentials=credentials)
        except InvalidValueError as error:
            raise typer.BadParameter(f"{error}: --tls-servers", param_hint="--node") from error


def _by_node(
    attestation: Attestation, node: _Node, seconds: float | None, as_json: bool
) -> dict[str, Any]:
    from node.client import Attestation as Handed  # noqa: PLC0415

    handed = Handed(attestation.key_id, join_words(attestation.words), attestation.proof)
    with _client_errors(), node.client() as client:
        job = client.relay_attestation(handed)
        if seconds is not None:
            sayer(as_json)(f"job {job.job_id} is on the node's disk")
            with working("waiting until it is final", as_json):
                job = client.wait(job.job_id, timeout_seconds=seconds)
    if job.done and not job.succeeded:
        raise NotSettledError(
            f"job {job.job_id} ended {job.settlement_state.name}: {job.cause} {job.cause_message}"
        )
    return _job_report(job)


def _job_report(job: Job) -> dict[str, Any]:
    sent = job.transaction
    report: dict[str, Any] = {"job_id": job.job_id, "state": job.settlement_state.name.lower()}
    if sent is not None:
        report |= {
            "transaction": f"0x{sent.transaction_hash.hex()}",
            "block": sent.block_number,
            "gas": sent.gas_used,
        }
    return report


def _directly(
    attestation: Attestation, rpc: str, keystore: Path, password_file: Path
) -> dict[str, Any]:
    from node.chain import RpcChain, load_keystore  # noqa: PLC0415
    from node.relay.direct import attest_directly  # noqa: PLC0415

    account = load_keystore(keystore, password_file)
    receipt = attest_directly(RpcChain(rpc), account, attestation)
    if receipt is None:
        return {"state": "attested before"}
    return {
        "state": "attested",
        "transaction": f"0x{receipt.tx_hash.hex()}",
        "block": receipt.block_number,
        "gas": receipt.gas_used,
    }


@contextmanager
def _client_errors() -> Iterator[None]:
    from node.client import ClientError  # noqa: PLC0415

    try:
        yield
    except ClientError as error:
        raise NodeAnswerError(error) from error
