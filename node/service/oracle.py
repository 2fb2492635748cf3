"""Oracle roles put together: a signer that serves, a leader that goes round."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

import structlog

from circuits.statements.portfolio_margin import load_shipped
from node.chain import Chain, Deployment, error_table
from node.chain.errors import RevertedError
from node.chain.signatures import LocalAccount
from node.config import Settings
from node.oracle import (
    CheckedSource,
    Domain,
    FileSource,
    Journal,
    Leader,
    Marks,
    OracleContract,
    SignaturesError,
    SignerPeer,
    SignerRole,
    SourcePolicy,
    SubmissionError,
    Tolerances,
    submit_report,
)
from node.rpc import OracleServer
from node.tls import TlsFiles

log = structlog.get_logger("node.oracle")


def unix_seconds() -> int:
    """The system's clock."""
    return time.time_ns() // 10**9


def source_policy(settings: Settings) -> SourcePolicy:
    """When readings are believed."""
    return SourcePolicy(
        max_age_seconds=settings.oracle_max_age_seconds,
        spot_move_bps=settings.oracle_spot_move_bps,
        volatility_move_bps=settings.oracle_volatility_move_bps,
        parameters=[load_shipped(name).parameters for name in settings.oracle_parameter_sets],
    )


def tolerances(settings: Settings) -> Tolerances:
    """How far a report may be from one's own view."""
    return Tolerances(
        seconds=settings.oracle_time_tolerance_seconds,
        price_bps=settings.oracle_price_tolerance_bps,
        volatility_bps=settings.oracle_volatility_tolerance_bps,
    )


def oracle_domain(deployment: Deployment) -> Domain:
    """The deployment's oracle contract."""
    return Domain(deployment.chain_id, deployment.address("MarketOracle"))


@dataclass(frozen=True)
class SignerFiles:
    """What a signer reads; one of them may be missing."""

    chain: Path | None
    margin: Path | None


class SignerNode:
    """One signer of one underlying, serving its leader: a `with` block."""

    def __init__(
        self,
        settings: Settings,
        chain: Chain,
        deployment: Deployment,
        account: LocalAccount,
        underlying: bytes,
        files: SignerFiles,
        *,
        address: str,
        tls: TlsFiles | None = None,
        clock: Callable[[], int] = unix_seconds,
    ) -> None:
        self._settings = settings
        self._domain = oracle_domain(deployment)
        self._book = OracleContract(chain, self._domain)
        self._account = account
        self._underlying = underlying
        self._files = files
        self._listen = address, tls
        self._clock = clock
        self._running = ExitStack()
        self.address = ""

    def __enter__(self) -> SignerNode:
        signer = str(self._account.address)
        if not self._book.is_signer(signer):
            oracle = self._domain.oracle
            raise SignaturesError(f"{signer} is no signer of {oracle}: its owner has to add it")
        with ExitStack() as parts:
            directory = self._settings.oracle_directory
            journal = Journal(directory, self._domain, self._underlying, signer)
            parts.callback(journal.close)
            address, tls = self._listen
            server = OracleServer(self._role(journal), address=address, tls=tls)
            parts.callback(server.stop)
            server.start()
            parts.callback(server.drain, 5.0)
            self._running = parts.pop_all()
        self.address = server.address
        log.info("signing", signer=signer, oracle=self._domain.oracle, address=server.address)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._running.close()

    def _role(self, journal: Journal) -> SignerRole:
        source = CheckedSource(
            FileSource(self._files.chain, self._files.margin),
            source_policy(self._settings),
            self._clock,
            _marks(journal),
        )
        return SignerRole(
            self._account,
            self._domain,
            self._underlying,
            source=source,
            book=self._book,
            journal=journal,
            tolerances=tolerances(self._settings),
        )


def leader_of(
    peers: Sequence[SignerPeer],
    settings: Settings,
    chain: Chain,
    deployment: Deployment,
    underlying: bytes,
    *,
    clock: Callable[[], int] = unix_seconds,
) -> Leader:
    """The leader of one underlying's signers, as strict as their settings are by default."""
    domain, policy = oracle_domain(deployment), source_policy(settings)
    return Leader(
        peers,
        domain,
        underlying,
        book=OracleContract(chain, domain),
        clock=clock,
        max_age_seconds=policy.max_age_seconds,
        parameters=policy.parameters,
    )


def submit_round(
    leader: Leader, chain: Chain, account: LocalAccount, notify: Callable[[str], None]
) -> bool:
    """One round, to the contract; whether the snapshot was accepted (False: held).

    Raises SubmissionError where the contract refuses, other OracleErrors where too few agree, and
    ChainError.
    """
    done = leader.round()
    for name, trouble in sorted(done.troubles.items()):
        notify(f"{name}: {trouble}")
    report = done.signed.report
    try:
        receipt, accepted = submit_report(chain, account, done.signed)
    except RevertedError as error:
        reason = error_table().decode(error.data).sentence
        raise SubmissionError(f"report {report.number} is refused: {reason}") from error
    log.info(
        "snapshot",
        number=report.number,
        signatures=len(done.signed.signatures),
        accepted=accepted,
        tx_hash=f"0x{receipt.tx_hash.hex()}",
    )
    return accepted


def _marks(journal: Journal) -> Marks | None:
    last = journal.last
    if last is None:
        return None
    return Marks(last.snapshot_unix, last.spot, last.at_the_money_volatility)
