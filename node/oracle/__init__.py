"""The room of oracle signers: report, compare, sign, collect, submit."""

from node.oracle.errors import DisagreementError, OracleError, ReportError, SignaturesError
from node.oracle.report import (
    Domain,
    MarginListing,
    SnapshotReport,
    build_report,
    market_hash,
    signable,
)
from node.oracle.signing import MarketView, OracleSigner, SignedReport, collect, recover
from node.oracle.submission import (
    find_margin_snapshot,
    find_snapshot,
    next_number,
    submit_report,
)

__all__ = [
    "DisagreementError",
    "Domain",
    "MarginListing",
    "MarketView",
    "OracleError",
    "OracleSigner",
    "ReportError",
    "SignaturesError",
    "SignedReport",
    "SnapshotReport",
    "build_report",
    "collect",
    "find_margin_snapshot",
    "find_snapshot",
    "market_hash",
    "next_number",
    "recover",
    "signable",
    "submit_report",
]
