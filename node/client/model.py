"""What a caller gives and gets: plain values, the same for both clients.

Decimals are `str` or `decimal.Decimal`, never `float`: the wire carries digits. Times are aware
`datetime`s or ISO 8601 text with Z, with up to nine decimals of a second.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from node.words import split_words

Number = str | Decimal | int
Moment = str | datetime


class OptionType(StrEnum):
    """The right an option gives."""

    CALL = "call"
    PUT = "put"


class Statement(StrEnum):
    """What is proven about the marks; UNSPECIFIED leaves it to the node (PRICE)."""

    UNSPECIFIED = "unspecified"
    PRICE = "price"
    PRICE_AND_GREEKS = "price_and_greeks"


class SettlementMode(StrEnum):
    """Where a proof goes; UNSPECIFIED leaves it to the node."""

    UNSPECIFIED = "unspecified"
    ATTEST = "attest"
    PROVE_ONLY = "prove_only"


class JobKind(StrEnum):
    """What a job was accepted as; UNSPECIFIED from a node that knows marks alone."""

    UNSPECIFIED = "unspecified"
    MARKS = "marks"
    RELAY = "relay"


class ProvingState(StrEnum):
    """Where the proof is; the last four are final."""

    UNSPECIFIED = "unspecified"
    QUEUED = "queued"
    BATCHED = "batched"
    PROVING = "proving"
    PROVED = "proved"
    FAILED = "failed"
    CANCELLED = "cancelled"
    EXPIRED = "expired"


class SettlementState(StrEnum):
    """Where the attestation is on the chain."""

    UNSPECIFIED = "unspecified"
    NONE = "none"
    READY = "ready"
    SUBMITTED = "submitted"
    CONFIRMED = "confirmed"
    FINAL = "final"
    REJECTED = "rejected"


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """One option of a chain; units and ranges in proto/proofmark/v1/chain.proto."""

    expiry_utc: Moment
    strike: Number
    option_type: OptionType | str
    forward: Number
    implied_volatility: Number
    discount_factor: Number = ""


_COLUMNS = (
    "expiry_utc",
    "strike",
    "option_type",
    "forward",
    "implied_volatility",
    "discount_factor",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Chain:
    """A snapshot of one underlying."""

    underlying: str
    valuation_utc: Moment
    options: tuple[Option, ...]

    @classmethod
    def from_rows(cls, rows: Iterable[Mapping[str, str]]) -> Chain:
        """A chain from rows of the chain CSV (`csv.DictReader` gives them).

        All rows must name one underlying and one valuation; ValueError otherwise.
        """
        listed = list(rows)
        if not listed:
            raise ValueError("no rows: a chain has at least one option")
        snapshots = {(row["underlying"], row["valuation_utc"]) for row in listed}
        if len(snapshots) > 1:
            raise ValueError(f"{len(snapshots)} snapshots in one chain, expected one: split it")
        underlying, valuation_utc = snapshots.pop()
        options = tuple(Option(**{name: row[name] for name in _COLUMNS}) for row in listed)
        return cls(underlying=underlying, valuation_utc=valuation_utc, options=options)


@dataclass(frozen=True, slots=True)
class Greeks:
    """Sensitivities; units in mark.proto."""

    delta: Decimal
    gamma: Decimal
    vega: Decimal
    theta: Decimal
    rho: Decimal


@dataclass(frozen=True, slots=True)
class QuantisedInputs:
    """The inputs the marks are exact for; `tick` is the underlying's price unit."""

    forward: Decimal
    strike: Decimal
    implied_volatility: Decimal
    discount_factor: Decimal
    rate: Decimal
    seconds_to_expiry: int
    tick: Decimal


@dataclass(frozen=True, slots=True)
class Mark:
    """The value of one option: in quote currency, and as the attested integer."""

    price: Decimal
    price_atoms: int
    greeks: Greeks
    inputs: QuantisedInputs
    expiry: datetime
    option_type: OptionType


@dataclass(frozen=True, slots=True)
class Progress:
    """What the worker does; `phase` is a ProvingPhase name of job.proto."""

    phase: str
    message: str


@dataclass(frozen=True, slots=True)
class Transaction:
    """The newest transaction of the attestation; block and gas are 0 while it is in no block."""

    chain_id: int
    transaction_hash: bytes
    block_number: int
    gas_used: int


@dataclass(frozen=True, slots=True)
class Job:
    """One state of a job; `done` says that no other will follow.

    `cause` is a JobCause name of job.proto, "" where nothing needs explaining. A job of kind RELAY
    has no statement, options or capacity: UNSPECIFIED and zeros.
    """

    job_id: str
    request_id: str
    statement: Statement
    options: int
    capacity: int
    proving_state: ProvingState
    settlement_state: SettlementState
    cause: str
    cause_message: str
    progress: Progress | None
    transaction: Transaction | None
    created: datetime
    updated: datetime
    revision: int
    done: bool
    kind: JobKind = JobKind.UNSPECIFIED

    @property
    def proved(self) -> bool:
        """The attestation can be fetched."""
        return self.proving_state is ProvingState.PROVED

    @property
    def succeeded(self) -> bool:
        """Done, and as wished: proven, and final on the chain if it was to go there."""
        good = (SettlementState.NONE, SettlementState.FINAL)
        return self.done and self.proved and self.settlement_state in good


@dataclass(frozen=True, slots=True)
class Attestation:
    """key id (32 bytes), words (32 bytes each), proof (320 bytes)."""

    key_id: bytes
    words: bytes
    proof: bytes

    @property
    def word_values(self) -> tuple[int, ...]:
        """The words as integers."""
        return split_words(self.words)


@dataclass(frozen=True, slots=True)
class Verification:
    """What a node found; `reason` says why not."""

    valid: bool
    reason: str
    data_hash: bytes


@dataclass(frozen=True, slots=True)
class Underlying:
    """A symbol the node prices, with its tick 10^-tick_exponent."""

    symbol: str
    tick_exponent: int
    underlying_id: bytes


@dataclass(frozen=True, slots=True)
class ProvableStatement:
    """A statement at one capacity; `key_origin` is a KeyOrigin name of capabilities.proto."""

    statement: Statement
    capacity: int
    statement_id: bytes
    key_id: bytes
    key_origin: str


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds of requests; units in capabilities.proto."""

    options_per_request: int
    request_bytes: int
    queued_jobs: int
    concurrent_calls: int
    concurrent_watches: int


@dataclass(frozen=True, slots=True)
class SettlementChain:
    """Where the node settles, and for whom its relay pays; addresses of 20 bytes."""

    chain_id: int
    registry: bytes
    router: bytes
    oracle: bytes
    default_consumer: bytes
    consumers: tuple[bytes, ...] = ()


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What a node can do."""

    version: str
    engine: str
    underlyings: tuple[Underlying, ...]
    statements: tuple[ProvableStatement, ...]
    limits: Limits
    chain: SettlementChain | None = field(default=None)
