"""The signers of the demonstrations: three of them and a leader, all in this process."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from circuits.statements.option_marks import Market
from circuits.statements.portfolio_margin import MarginMarket
from node.chain import Chain, Deployment, Receipt, development_account
from node.chain.signatures import LocalAccount
from node.oracle import (
    CheckedSource,
    Domain,
    Journal,
    Leader,
    OracleContract,
    OracleView,
    SignedReport,
    SignerRole,
    SourcePolicy,
    submit_report,
)

SIGNERS = tuple(development_account("signer", index) for index in range(3))
THRESHOLD = 2


@dataclass(frozen=True, slots=True)
class KnownMarket:
    """A source that always says the same."""

    chain: Market | None = None
    margin: MarginMarket | None = None

    def read(self) -> tuple[Market | None, MarginMarket | None]:
        """As it was made."""
        return self.chain, self.margin


@dataclass(frozen=True)
class Attested:
    """The number of a snapshot, how the contract took it, and whether it was accepted or held."""

    number: int
    receipt: Receipt
    accepted: bool


def attest(
    chain: Chain, deployment: Deployment, sender: LocalAccount, known: KnownMarket
) -> Attested:
    """Let all signers see this market, and the contract take what they sign; NodeError."""
    domain = Domain(deployment.chain_id, deployment.address("MarketOracle"))
    signed = _signed(known, domain, OracleContract(chain, domain))
    receipt, accepted = submit_report(chain, sender, signed)
    return Attested(signed.report.number, receipt, accepted)


def _signed(known: KnownMarket, domain: Domain, book: OracleContract) -> SignedReport:
    """One round at the market's own time; the journals end with it."""
    market = OracleView(known.chain, known.margin, next_number=1)

    def clock() -> int:
        return market.snapshot_unix

    with ExitStack() as held:
        folder = Path(held.enter_context(TemporaryDirectory(prefix="proofmark-signers-")))
        roles = []
        for account in SIGNERS:
            journal = Journal(folder, domain, market.underlying, str(account.address))
            held.callback(journal.close)
            source = CheckedSource(known, SourcePolicy(), clock)
            roles.append(
                SignerRole(
                    account, domain, market.underlying, source=source, book=book, journal=journal
                )
            )
        leader = Leader(roles, domain, market.underlying, book=book, clock=clock)
        return leader.round().signed
