"""`proofmark oracle`: a signer that serves views and signs, a leader, a look at the source."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from circuits.statements.option_marks.inputs import VOLATILITY_UNITS_PER_ONE
from node.cli import tls
from node.cli.options import (
    AsJson,
    DataDirectory,
    Keystore,
    PasswordFile,
    Rpc,
    chosen_underlying,
    settings_in,
)
from node.cli.output import print_report, reporting_errors, say, sayer
from node.cli.stopping import stop_on_signals
from node.errors import NodeError
from node.quoting import (
    QuoteError,
    format_instant,
    parse_instant,
    scaled_to_decimal,
)

if TYPE_CHECKING:
    from node.chain import Chain, Deployment
    from node.chain.signatures import LocalAccount
    from node.client import OraclePeer
    from node.config import Settings
    from node.oracle import OracleView
    from node.tls import TlsFiles

_ROUND_SECONDS = 60.0

ChainFile = Annotated[
    Path | None, typer.Option("--chain", help="Chain CSV file; another program replaces it.")
]
MarginFile = Annotated[
    Path | None, typer.Option("--margin", help="Margin market JSON file, of the same instant.")
]
Symbol = Annotated[
    str, typer.Option("--underlying", help="Listed symbol, such as BTC.", show_default=False)
]
Peers = Annotated[
    list[str],
    typer.Option("--peer", help="A signer's HOST:PORT; may be repeated.", show_default=False),
]
AsOf = Annotated[
    str | None,
    typer.Option("--as-of", help="Judge as at this UTC time, 2026-05-21T10:05:00Z; default: now."),
]


def register(app: typer.Typer) -> None:
    """Add the command and its parts."""
    group = typer.Typer(no_args_is_help=True, help="The roles of oracle signers: sign, lead, view.")
    group.command("sign")(sign)
    group.command("lead")(lead)
    group.command("view")(view)
    app.add_typer(group, name="oracle")


def sign(
    underlying: Symbol,
    rpc: Rpc,
    keystore: Keystore,
    password_file: PasswordFile,
    chain: ChainFile = None,
    margin: MarginFile = None,
    address: Annotated[
        str, typer.Option("--address", help="Where to listen; beyond loopback under TLS.")
    ] = "127.0.0.1:50061",
    tls_certificate: tls.Certificate = None,
    tls_key: tls.Key = None,
    tls_callers: tls.Callers = None,
    data_directory: DataDirectory = None,
    as_json: AsJson = False,
) -> None:
    """Serve one signer: its view, and its signature under medians.

    It signs what it has computed itself and what agrees with its own files. Ends with Ctrl-C or
    SIGTERM.
    """
    identity = _underlying(underlying)
    _check_files(chain, margin)
    served, tell = tls.serving(tls_certificate, tls_key, tls_callers), sayer(as_json)
    stopped = stop_on_signals()
    with reporting_errors(as_json):
        settings = settings_in(data_directory)
        from node.service import configure_logging  # noqa: PLC0415
        from node.service.oracle import SignerFiles, SignerNode  # noqa: PLC0415

        connected, deployment = _connect(settings, rpc)
        account, files = _account(keystore, password_file), SignerFiles(chain, margin)
        configure_logging(as_json=as_json)
        with SignerNode(
            settings, connected, deployment, account, identity, files, address=address, tls=served
        ) as node:
            tell(f"{account.address} signs {underlying} on {node.address}; Ctrl-C stops")
            stopped.wait()


def lead(
    underlying: Symbol,
    rpc: Rpc,
    keystore: Keystore,
    password_file: PasswordFile,
    peers: Peers,
    once: Annotated[bool, typer.Option("--once", help="One round, then end.")] = False,
    every: Annotated[
        float, typer.Option("--every", min=1.0, help="Seconds from round to round.")
    ] = _ROUND_SECONDS,
    tls_servers: tls.Servers = None,
    tls_certificate: tls.Certificate = None,
    tls_key: tls.Key = None,
    data_directory: DataDirectory = None,
    as_json: AsJson = False,
) -> None:
    """Collect signers' views, have their medians signed, submit them.

    The key pays for gas; it gives no authority. Ends with Ctrl-C or SIGTERM.
    """
    identity = _underlying(underlying)
    shown = tls.asking(tls_certificate, tls_key, tls_servers)
    stopped = stop_on_signals()
    with reporting_errors(as_json), ExitStack() as open_peers:
        settings = settings_in(data_directory)
        from node.service import configure_logging  # noqa: PLC0415
        from node.service.oracle import leader_of, submit_round  # noqa: PLC0415

        connected, deployment = _connect(settings, rpc)
        account = _account(keystore, password_file)
        configure_logging(as_json=as_json)
        asked = _peers(peers, shown, open_peers)
        leader = leader_of(asked, settings, connected, deployment, identity)
        notify = sayer(as_json)
        _rounds(lambda: submit_round(leader, connected, account, notify), stopped, once, every)


def _peers(addresses: list[str], shown: TlsFiles | None, opened: ExitStack) -> list[OraclePeer]:
    from node.client import InvalidValueError, OraclePeer, tls_credentials  # noqa: PLC0415

    credentials = None if shown is None else tls_credentials(shown)
    try:
        return [
            opened.enter_context(OraclePeer(each, credentials=credentials))
            for each in dict.fromkeys(addresses)
        ]
    except InvalidValueError as error:
        raise typer.BadParameter(f"{error}: --tls-servers", param_hint="--peer") from error


def _rounds(submit: Callable[[], bool], stopped: threading.Event, once: bool, every: float) -> None:
    """Round after round; one that fails is said, and the next one is tried."""
    while True:
        try:
            say("accepted" if submit() else "held: the next report has to confirm it")
        except NodeError as error:
            if once:
                raise
            say(f"no report this time: {error}")
        if once or stopped.wait(every):
            return


def view(
    chain: ChainFile = None,
    margin: MarginFile = None,
    as_of: AsOf = None,
    data_directory: DataDirectory = None,
    as_json: AsJson = False,
) -> None:
    """Show what a signer would sign, after all its checks of the files.

    Recordings are stale now: name their time with --as-of.
    """
    _check_files(chain, margin)
    told = None if as_of is None else _instant(as_of)
    with reporting_errors(as_json):
        from node.oracle import CheckedSource, FileSource  # noqa: PLC0415
        from node.service.oracle import source_policy, unix_seconds  # noqa: PLC0415

        policy = source_policy(settings_in(data_directory))
        clock = unix_seconds if told is None else lambda: told
        seen = CheckedSource(FileSource(chain, margin), policy, clock).read(1)
        shown = _report(seen)
    print_report(shown, as_json)


def _report(seen: OracleView) -> dict[str, Any]:
    """What the contract would keep, and the same for people."""
    report = seen.report()
    return {
        "underlying": f"0x{report.underlying.hex()}",
        "snapshot_unix": report.snapshot_unix,
        "snapshot_utc": format_instant(report.snapshot_unix),
        "market_hash": f"0x{report.market_hash.hex()}",
        "spot_ticks": report.spot,
        "spot": scaled_to_decimal(report.spot, power_of_ten=seen.market.tick_exponent),
        "at_the_money_volatility": report.at_the_money_volatility,
        "at_the_money": f"{report.at_the_money_volatility / VOLATILITY_UNITS_PER_ONE:.2%}",
        "market_digest": f"0x{report.market_digest.hex()}",
    }


def _underlying(symbol: str) -> bytes:
    return chosen_underlying(symbol).underlying_id.to_bytes(12, "big")


def _instant(text: str) -> int:
    try:
        return int(parse_instant(text))
    except QuoteError as error:
        raise typer.BadParameter(str(error), param_hint="--as-of") from error


def _check_files(chain: Path | None, margin: Path | None) -> None:
    if chain is None and margin is None:
        raise typer.BadParameter("name --chain, --margin, or both")


def _account(keystore: Path, password_file: Path) -> LocalAccount:
    from node.chain import load_keystore  # noqa: PLC0415

    return load_keystore(keystore, password_file)


def _connect(settings: Settings, rpc: str) -> tuple[Chain, Deployment]:
    from node.chain import DeploymentsFile, RpcChain  # noqa: PLC0415

    chain = RpcChain(rpc)
    return chain, DeploymentsFile(settings.deployments_file).recorded(chain)
