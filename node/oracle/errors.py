"""What can go wrong between oracle signers.

NodeError
└── OracleError
    ├── ReportError         a report outside the formats of the contract
    ├── DisagreementError   a signer's own view of the market differs: it does not sign
    └── SignaturesError     unknown, doubled, foreign or too few signatures
"""

from node.errors import NodeError

__all__ = ["DisagreementError", "OracleError", "ReportError", "SignaturesError"]


class OracleError(NodeError):
    """Any failure of the oracle room."""


class ReportError(OracleError):
    """A field of the report is out of range."""


class DisagreementError(OracleError):
    """The report says something else than the signer saw."""


class SignaturesError(OracleError):
    """The signatures do not add up to a quorum."""
