"""Attestations outside any database: made, written to files, read back, verified."""

from node.attestations.errors import (
    AttestationError,
    AttestationFileError,
    FileFault,
    InvalidAttestationError,
    ProvingFailedError,
)
from node.attestations.file import (
    decode_attestation,
    encode_attestation,
    read_attestation,
    write_attestation,
)
from node.attestations.make import OFF_CHAIN, ProvingTimes, attest, attest_market
from node.attestations.model import Attestation
from node.attestations.report import (
    margin_report,
    marks_report,
    shipped_set_name,
    underlying_symbol,
)
from node.attestations.verify import verify_attestation

__all__ = [
    "OFF_CHAIN",
    "Attestation",
    "AttestationError",
    "AttestationFileError",
    "FileFault",
    "InvalidAttestationError",
    "ProvingFailedError",
    "ProvingTimes",
    "attest",
    "attest_market",
    "decode_attestation",
    "encode_attestation",
    "margin_report",
    "marks_report",
    "read_attestation",
    "shipped_set_name",
    "underlying_symbol",
    "verify_attestation",
    "write_attestation",
]
