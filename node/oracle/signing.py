"""A signed report, and who signed it."""

from dataclasses import dataclass

from node.oracle.report import Domain, SnapshotReport, signable
from node.oracle.typed_data import recover_typed

__all__ = ["SignedReport", "recover"]


@dataclass(frozen=True)
class SignedReport:
    """A report with its signatures (r, s, v), sorted by signer as the contract wants them."""

    report: SnapshotReport
    domain: Domain
    signers: tuple[str, ...]
    signatures: tuple[bytes, ...]


def recover(report: SnapshotReport, domain: Domain, signature: bytes) -> str:
    """Return the address that signed a report; SignaturesError for malformed signatures."""
    return recover_typed(signable(report, domain), signature)
