"""The root of the node's error tree, and the catalogue of reasons.

NodeError
├── ConfigError            node/config.py
└── one branch per room    node/<room>/errors.py

Every error has a `reason` from the catalogue: a short name for programs, the gRPC status code that
carries it, and help for people. Reasons marked `on_wire` are those of proto/proofmark/v1.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar

__all__ = ["CATALOGUE", "CatalogueEntry", "NodeError", "Reason"]


class Reason(StrEnum):
    """Why something was refused or failed; the names are part of the interface."""

    MALFORMED_MESSAGE = "MALFORMED_MESSAGE"
    INVALID_REQUEST = "INVALID_REQUEST"
    MESSAGE_TOO_LARGE = "MESSAGE_TOO_LARGE"
    TOO_MANY_CALLS = "TOO_MANY_CALLS"
    QUEUE_FULL = "QUEUE_FULL"
    JOB_NOT_FOUND = "JOB_NOT_FOUND"
    NOT_PROVED = "NOT_PROVED"
    REQUEST_ID_REUSED = "REQUEST_ID_REUSED"
    KEY_NOT_FOUND = "KEY_NOT_FOUND"
    SNAPSHOT_UNKNOWN = "SNAPSHOT_UNKNOWN"
    NO_SETTLEMENT = "NO_SETTLEMENT"
    CHAIN_UNAVAILABLE = "CHAIN_UNAVAILABLE"
    DRAINING = "DRAINING"
    DEADLINE_EXCEEDED = "DEADLINE_EXCEEDED"
    NOT_THE_OWNER = "NOT_THE_OWNER"
    INTERNAL = "INTERNAL"
    UNSUPPORTED = "UNSUPPORTED"
    CONSUMER_REFUSED = "CONSUMER_REFUSED"
    PROOF_INVALID = "PROOF_INVALID"
    SLOT_TAKEN = "SLOT_TAKEN"
    ATTESTATION_REFUSED = "ATTESTATION_REFUSED"
    REPORT_REFUSED = "REPORT_REFUSED"
    SOURCE_UNUSABLE = "SOURCE_UNUSABLE"
    FILE_UNREADABLE = "FILE_UNREADABLE"
    CONFIG_INVALID = "CONFIG_INVALID"
    KEY_INVALID = "KEY_INVALID"
    STORE_IN_USE = "STORE_IN_USE"
    WRONG_CHAIN_ID = "WRONG_CHAIN_ID"
    CONTRACT_MISSING = "CONTRACT_MISSING"
    INSUFFICIENT_FUNDS = "INSUFFICIENT_FUNDS"
    REVERTED = "REVERTED"


@dataclass(frozen=True, slots=True)
class CatalogueEntry:
    """What a reason means: `grpc_code` is the name of the status code that carries it."""

    grpc_code: str
    help: str
    on_wire: bool = True


CATALOGUE: dict[Reason, CatalogueEntry] = {
    Reason.MALFORMED_MESSAGE: CatalogueEntry(
        "INVALID_ARGUMENT", "The bytes are not this method's message: regenerate the client."
    ),
    Reason.INVALID_REQUEST: CatalogueEntry(
        "INVALID_ARGUMENT", "Correct every fault listed and send the whole request again."
    ),
    Reason.MESSAGE_TOO_LARGE: CatalogueEntry(
        "RESOURCE_EXHAUSTED", "Send fewer options in a request; GetCapabilities has the limit."
    ),
    Reason.TOO_MANY_CALLS: CatalogueEntry(
        "RESOURCE_EXHAUSTED", "Wait for the time in RetryInfo, or keep fewer calls open."
    ),
    Reason.QUEUE_FULL: CatalogueEntry(
        "RESOURCE_EXHAUSTED", "The job queue is full: send again after the time in RetryInfo."
    ),
    Reason.JOB_NOT_FOUND: CatalogueEntry(
        "NOT_FOUND", "Check the job id; a node knows only the jobs of its own store."
    ),
    Reason.NOT_PROVED: CatalogueEntry(
        "FAILED_PRECONDITION", "Wait until the job is PROVED; a failed job never has a proof."
    ),
    Reason.REQUEST_ID_REUSED: CatalogueEntry(
        "ALREADY_EXISTS", "The request id belongs to other content: choose a new one."
    ),
    Reason.KEY_NOT_FOUND: CatalogueEntry(
        "NOT_FOUND", "Make or import the key (`proofmark setup`), or check the key id."
    ),
    Reason.SNAPSHOT_UNKNOWN: CatalogueEntry(
        "FAILED_PRECONDITION", "Ask for a snapshot that the oracle has attested."
    ),
    Reason.NO_SETTLEMENT: CatalogueEntry(
        "FAILED_PRECONDITION", "Configure a chain and deployed contracts, or ask for PROVE_ONLY."
    ),
    Reason.CHAIN_UNAVAILABLE: CatalogueEntry(
        "UNAVAILABLE", "The chain endpoint does not answer: check its URL, then retry."
    ),
    Reason.DRAINING: CatalogueEntry("UNAVAILABLE", "The node is stopping: retry after it is up."),
    Reason.DEADLINE_EXCEEDED: CatalogueEntry(
        "DEADLINE_EXCEEDED", "Allow more time, or ask for less work in one call."
    ),
    Reason.NOT_THE_OWNER: CatalogueEntry(
        "UNAUTHENTICATED",
        "Sign this very call with the account's key: new nonce, deadline within five minutes.",
    ),
    Reason.INTERNAL: CatalogueEntry(
        "INTERNAL", "A fault of the node: its log holds the details under the id given."
    ),
    Reason.UNSUPPORTED: CatalogueEntry(
        "UNIMPLEMENTED", "This node does not serve the statement or capacity asked for."
    ),
    Reason.CONSUMER_REFUSED: CatalogueEntry(
        "PERMISSION_DENIED", "The relay pays for listed consumers only: ask the node's operator."
    ),
    Reason.PROOF_INVALID: CatalogueEntry(
        "INVALID_ARGUMENT", "The proof does not show these words: ask its maker for another."
    ),
    Reason.SLOT_TAKEN: CatalogueEntry(
        "ALREADY_EXISTS",
        "Other words wait for this sequence: take the consumer's next one, or wait for that job.",
    ),
    Reason.ATTESTATION_REFUSED: CatalogueEntry(
        "FAILED_PRECONDITION",
        "The registry or the consumer refuses the words now: prove anew, or send them later.",
    ),
    Reason.REPORT_REFUSED: CatalogueEntry(
        "FAILED_PRECONDITION", "The signer sees another market: look at both, then report anew."
    ),
    Reason.SOURCE_UNUSABLE: CatalogueEntry(
        "FAILED_PRECONDITION", "Make the signer's source fresh, readable and plausible again."
    ),
    Reason.FILE_UNREADABLE: CatalogueEntry(
        "INVALID_ARGUMENT", "Check the path, its permissions and that the file is UTF-8.", False
    ),
    Reason.CONFIG_INVALID: CatalogueEntry(
        "FAILED_PRECONDITION",
        "Correct the named setting; flags win over environment and file.",
        False,
    ),
    Reason.KEY_INVALID: CatalogueEntry(
        "FAILED_PRECONDITION", "The key file is damaged or foreign: make or fetch it again.", False
    ),
    Reason.STORE_IN_USE: CatalogueEntry(
        "FAILED_PRECONDITION", "Another node runs on this store: stop it or use another one.", False
    ),
    Reason.WRONG_CHAIN_ID: CatalogueEntry(
        "FAILED_PRECONDITION",
        "The endpoint serves another chain: correct the URL or chain id.",
        False,
    ),
    Reason.CONTRACT_MISSING: CatalogueEntry(
        "FAILED_PRECONDITION",
        "Deploy the contracts (`proofmark deploy`) or correct the address.",
        False,
    ),
    Reason.INSUFFICIENT_FUNDS: CatalogueEntry(
        "FAILED_PRECONDITION", "Send the chain's coin to the relay's address.", False
    ),
    Reason.REVERTED: CatalogueEntry(
        "ABORTED", "The contract refused; the decoded reason says what to change.", False
    ),
}
"""Every reason with its status code and way out."""


class NodeError(Exception):
    """Something the node refuses or cannot do; the message says what, where and the way out."""

    reason: ClassVar[Reason] = Reason.INTERNAL

    @property
    def help(self) -> str:
        """The catalogue's way out."""
        return CATALOGUE[self.reason].help
