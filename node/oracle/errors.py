"""What can go wrong between oracle signers.

NodeError
└── OracleError
    ├── ReportError         a report outside the formats of the contract, or no market at all
    ├── ViewError           bytes or values that are no view, or a view of nobody we know
    ├── SourceError         a source that cannot be believed now: unreadable, stale, implausible
    ├── DisagreementError   a signer's own view of the market differs: it does not sign
    ├── EquivocationError   something else was signed under this number: never a second time
    ├── JournalError        what was signed cannot be read or written: nothing is signed
    ├── SignaturesError     unknown, doubled, foreign or too few signatures
    └── SubmissionError     the contract refuses a signed report; says why
"""

from typing import ClassVar

from node.errors import NodeError, Reason

__all__ = [
    "DisagreementError",
    "EquivocationError",
    "JournalError",
    "OracleError",
    "ReportError",
    "SignaturesError",
    "SourceError",
    "SubmissionError",
    "ViewError",
]


class OracleError(NodeError):
    """Any failure of the oracle room."""


class ReportError(OracleError):
    """A field of the report is out of range."""

    reason: ClassVar[Reason] = Reason.INVALID_REQUEST


class ViewError(OracleError):
    """Not a view, or not one of a signer."""

    reason: ClassVar[Reason] = Reason.INVALID_REQUEST


class SourceError(OracleError):
    """The source cannot be believed now."""

    reason: ClassVar[Reason] = Reason.SOURCE_UNUSABLE


class DisagreementError(OracleError):
    """The report says something else than the signer saw."""

    reason: ClassVar[Reason] = Reason.REPORT_REFUSED


class EquivocationError(OracleError):
    """Another report was signed under this number, or a later one."""

    reason: ClassVar[Reason] = Reason.REPORT_REFUSED


class JournalError(OracleError):
    """The record of what was signed cannot be used."""

    reason: ClassVar[Reason] = Reason.FILE_UNREADABLE


class SignaturesError(OracleError):
    """The signatures do not add up to a quorum."""


class SubmissionError(OracleError):
    """The contract refuses a report that enough have signed."""

    reason: ClassVar[Reason] = Reason.REVERTED
