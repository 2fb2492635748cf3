"""Reports and signatures made by hand: for listings that no market stands behind, and for lies."""

from __future__ import annotations

from collections.abc import Sequence

from node.chain import Chain, Deployment, development_account
from node.chain.signatures import LocalAccount
from node.oracle import (
    Domain,
    SignedReport,
    SnapshotReport,
    market_hash,
    signable,
    submit_report,
)

SIGNERS = tuple(development_account("signer", index) for index in range(3))
ADDRESSES = [str(account.address) for account in SIGNERS]


def report_of(
    words: Sequence[int], spot: int, number: int = 1, volatility: int = 0, digest: int = 0
) -> SnapshotReport:
    """What signers of these market words attest, and beside them a margin listing's digest."""
    head = words[0]  # underlying 96 | tick exponent 8 | time 40 | two counts
    return SnapshotReport(
        underlying=(head >> 80).to_bytes(12, "big"),
        number=number,
        snapshot_unix=head >> 32 & (1 << 40) - 1,
        market_hash=market_hash(words),
        spot=spot,
        at_the_money_volatility=volatility,
        market_digest=digest.to_bytes(32, "big"),
    )


def signed_by(
    report: SnapshotReport, domain: Domain, signers: Sequence[LocalAccount] = SIGNERS
) -> SignedReport:
    """The report as a leader hands it in: signatures sorted by signer."""
    message = signable(report, domain)
    ordered = sorted(signers, key=lambda account: int(account.address, 16))
    return SignedReport(
        report,
        domain,
        tuple(str(account.address) for account in ordered),
        tuple(bytes(account.sign_message(message).signature) for account in ordered),
    )


def publish(
    chain: Chain, deployment: Deployment, sender: LocalAccount, report: SnapshotReport
) -> bool:
    """Signed by all, to the deployment's oracle; whether it was accepted (False: held)."""
    domain = Domain(deployment.chain_id, deployment.address("MarketOracle"))
    return submit_report(chain, sender, signed_by(report, domain))[1]
