"""Plain values between the rooms of a node: no message, no database row, no transaction."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class MarksStatement(StrEnum):
    """Which statement about marks is proven."""

    PRICE = "price"
    PRICE_AND_GREEKS = "price_and_greeks"


class SettlementMode(StrEnum):
    """Where a proof is bound to; DEFAULT leaves it to the node."""

    DEFAULT = "default"
    ATTEST = "attest"
    PROVE_ONLY = "prove_only"


class ProvingState(StrEnum):
    """First axis of a job."""

    QUEUED = "queued"
    BATCHED = "batched"
    PROVING = "proving"
    PROVED = "proved"
    FAILED = "failed"
    CANCELLED = "cancelled"
    EXPIRED = "expired"


class SettlementState(StrEnum):
    """Second axis of a job."""

    NONE = "none"
    READY = "ready"
    SUBMITTED = "submitted"
    CONFIRMED = "confirmed"
    FINAL = "final"
    REJECTED = "rejected"


class JobCause(StrEnum):
    """Why a job is where it is (job.proto says what each means)."""

    RESTARTED = "restarted"
    WORKER_LOST = "worker_lost"
    PROVING_TIMEOUT = "proving_timeout"
    KEY_UNAVAILABLE = "key_unavailable"
    INPUT_INVALID = "input_invalid"
    PROVER_FAILED = "prover_failed"
    PROOF_INVALID = "proof_invalid"
    DEADLINE_PASSED = "deadline_passed"
    CANCELLED_BY_CLIENT = "cancelled_by_client"
    DRY_RUN = "dry_run"
    RPC_UNAVAILABLE = "rpc_unavailable"
    WRONG_CHAIN = "wrong_chain"
    CONTRACT_MISSING = "contract_missing"
    INSUFFICIENT_FUNDS = "insufficient_funds"
    FEE_CEILING = "fee_ceiling"
    GAS_CEILING = "gas_ceiling"
    CHAIN_NOT_READY = "chain_not_ready"
    TRANSACTION_REFUSED = "transaction_refused"
    NONCE_TAKEN = "nonce_taken"
    REORGANISED = "reorganised"
    SETTLED_BY_OTHER = "settled_by_other"
    ATTESTATION_EXPIRED = "attestation_expired"
    REVERTED = "reverted"
    INTERNAL = "internal"


class JobKind(StrEnum):
    """What a job was accepted as."""

    MARKS = "marks"
    RELAY = "relay"


class ProvingPhase(StrEnum):
    """What a worker is doing."""

    KEY = "key"
    WITNESS = "witness"
    PROOF = "proof"
    CHECK = "check"


@dataclass(frozen=True)
class OptionRow:
    """One option as text; the names are those of the chain CSV. Missing is the empty string."""

    expiry_utc: str
    strike: str
    option_type: str
    forward: str
    implied_volatility: str
    discount_factor: str


@dataclass(frozen=True)
class ChainRequest:
    """A snapshot as text. `valuation_utc` may carry up to nine decimals of a second."""

    underlying: str
    valuation_utc: str
    rows: tuple[OptionRow, ...]


@dataclass(frozen=True)
class QuotedGreeks:
    """Five Greeks as plain decimals."""

    delta: str
    gamma: str
    vega: str
    theta: str
    rho: str


@dataclass(frozen=True)
class QuotedInputs:
    """The inputs after rounding, as plain decimals; time in whole seconds."""

    forward: str
    strike: str
    implied_volatility: str
    discount_factor: str
    rate: str
    seconds_to_expiry: int
    tick: str


@dataclass(frozen=True)
class QuotedMark:
    """One option's answer."""

    price: str
    price_atoms: int
    greeks: QuotedGreeks
    inputs: QuotedInputs


@dataclass(frozen=True)
class MarksSubmission:
    """An accepted form of SubmitMarks; `capacity` 0 and empty `consumer` mean the default."""

    chain: ChainRequest
    statement: MarksStatement
    capacity: int
    settlement_mode: SettlementMode
    consumer: bytes
    request_id: str


@dataclass(frozen=True)
class JobTransaction:
    """The newest transaction that carries the attestation; 0 while it is in no block."""

    chain_id: int
    transaction_hash: bytes
    block_number: int
    gas_used: int


@dataclass(frozen=True)
class JobProgress:
    """What the worker does right now; not stored."""

    phase: ProvingPhase
    message: str


@dataclass(frozen=True)
class JobView:
    """One stored state of a job. `revision` counts the job's stored changes from 1.

    `cause_message` never holds inputs or secrets. A job of kind RELAY has no statement, options or
    capacity: None and zeros.
    """

    job_id: str
    request_id: str
    statement: MarksStatement | None
    options: int
    capacity: int
    proving_state: ProvingState
    settlement_state: SettlementState
    cause: JobCause | None
    cause_message: str
    transaction: JobTransaction | None
    created: datetime
    updated: datetime
    revision: int
    progress: JobProgress | None = None
    kind: JobKind = JobKind.MARKS

    @property
    def done(self) -> bool:
        """No state will change any more."""
        if self.proving_state is ProvingState.PROVED:
            settled = (SettlementState.NONE, SettlementState.FINAL, SettlementState.REJECTED)
            return self.settlement_state in settled
        return self.proving_state in (
            ProvingState.FAILED,
            ProvingState.CANCELLED,
            ProvingState.EXPIRED,
        )


@dataclass(frozen=True)
class AttestationBytes:
    """key id (32), words (32 each), proof (320)."""

    key_id: bytes
    words: bytes
    proof: bytes


@dataclass(frozen=True)
class SignedView:
    """What an oracle signer sees, as bytes (node/oracle/view_codec.py), and its signature (65)."""

    content: bytes
    signature: bytes


@dataclass(frozen=True)
class Verification:
    """`reason` is empty exactly when the attestation is valid; then `data_hash` is set."""

    reason: str
    data_hash: bytes

    @property
    def valid(self) -> bool:
        """Whether the words are shown to be true."""
        return not self.reason


@dataclass(frozen=True)
class ListedUnderlying:
    """A symbol of the registry."""

    symbol: str
    tick_exponent: int
    underlying_id: bytes


@dataclass(frozen=True)
class ServedStatement:
    """A statement at one size; `key_id` is empty and `development_key` None without a key."""

    statement: MarksStatement
    capacity: int
    statement_id: bytes
    key_id: bytes
    development_key: bool | None


@dataclass(frozen=True)
class SettlementChain:
    """Chain id and contract addresses (20 bytes; consumer may be empty).

    `consumers` are those the relay pays for.
    """

    chain_id: int
    registry: bytes
    router: bytes
    oracle: bytes
    default_consumer: bytes
    consumers: frozenset[bytes] = frozenset()


@dataclass(frozen=True)
class NodeDescription:
    """What GetCapabilities tells besides the server's own limits."""

    version: str
    engine: str
    underlyings: tuple[ListedUnderlying, ...]
    statements: tuple[ServedStatement, ...]
    queued_jobs: int
    chain: SettlementChain | None
