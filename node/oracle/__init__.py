"""The room of oracle signers: view, compare, sign, go round, submit."""

from node.oracle.comparison import Tolerances, compare_views
from node.oracle.errors import (
    DisagreementError,
    EquivocationError,
    JournalError,
    OracleError,
    ReportError,
    SignaturesError,
    SourceError,
    SubmissionError,
    ViewError,
)
from node.oracle.journal import Journal
from node.oracle.leader import Leader, Round, SignerPeer
from node.oracle.median import median_view
from node.oracle.report import SnapshotReport, market_hash, signable
from node.oracle.signer import SignerRole
from node.oracle.signing import SignedReport, recover
from node.oracle.source import CheckedSource, FileSource, MarketSource, Marks, SourcePolicy
from node.oracle.submission import (
    OracleBook,
    OracleContract,
    find_margin_snapshot,
    find_snapshot,
    next_number,
    submit_report,
)
from node.oracle.typed_data import Domain
from node.oracle.view import OracleView
from node.oracle.view_codec import decode_view, encode_view, sign_view, signer_of

__all__ = [
    "CheckedSource",
    "DisagreementError",
    "Domain",
    "EquivocationError",
    "FileSource",
    "Journal",
    "JournalError",
    "Leader",
    "MarketSource",
    "Marks",
    "OracleBook",
    "OracleContract",
    "OracleError",
    "OracleView",
    "ReportError",
    "Round",
    "SignaturesError",
    "SignedReport",
    "SignerPeer",
    "SignerRole",
    "SnapshotReport",
    "SourceError",
    "SourcePolicy",
    "SubmissionError",
    "Tolerances",
    "ViewError",
    "compare_views",
    "decode_view",
    "encode_view",
    "find_margin_snapshot",
    "find_snapshot",
    "market_hash",
    "median_view",
    "next_number",
    "recover",
    "sign_view",
    "signable",
    "signer_of",
    "submit_report",
]
