"""The life of a job, in one place: two axes, their steps, and typed causes.

Proving                                        Settlement
  QUEUED ─▶ BATCHED ─▶ PROVING ─▶ PROVED         NONE ─▶ READY ─▶ SUBMITTED ─▶ CONFIRMED ─▶ FINAL
  any of the first three ─▶ FAILED,              READY, SUBMITTED, CONFIRMED ─▶ REJECTED
  CANCELLED, EXPIRED; back to QUEUED             re-organisations lead back
  after a restart
"""

from collections.abc import Mapping
from enum import StrEnum

from node.store.errors import TransitionError

__all__ = [
    "PROVING_STEPS",
    "SETTLEMENT_STEPS",
    "AttemptKind",
    "AttemptState",
    "Cause",
    "Proving",
    "Settlement",
    "check_proving",
    "check_settlement",
]


class Proving(StrEnum):
    """Where a job is on its way to a proof."""

    QUEUED = "QUEUED"
    BATCHED = "BATCHED"
    PROVING = "PROVING"
    PROVED = "PROVED"
    FAILED = "FAILED"
    CANCELLED = "CANCELLED"
    EXPIRED = "EXPIRED"

    @property
    def is_terminal(self) -> bool:
        """Whether no step leads on."""
        return not PROVING_STEPS[self]


class Settlement(StrEnum):
    """Where an attestation is on its way to the chain."""

    NONE = "NONE"
    READY = "READY"
    SUBMITTED = "SUBMITTED"
    CONFIRMED = "CONFIRMED"
    FINAL = "FINAL"
    REJECTED = "REJECTED"

    @property
    def is_terminal(self) -> bool:
        """Whether no step leads on; NONE is not terminal, an attestation may still come."""
        return not SETTLEMENT_STEPS[self]


class AttemptKind(StrEnum):
    """What a signed transaction is for."""

    ATTEST = "ATTEST"
    CANCEL = "CANCEL"
    FILLER = "FILLER"


class AttemptState(StrEnum):
    """Signed bytes: stored, handed to the pool, refused by it, or mined."""

    SAVED = "SAVED"
    BROADCAST = "BROADCAST"
    REFUSED = "REFUSED"
    MINED = "MINED"


class Cause(StrEnum):
    """Why a job is where it is, where that is not plain."""

    RESTARTED = "RESTARTED"
    INPUT_INVALID = "INPUT_INVALID"
    PROVER_FAILED = "PROVER_FAILED"
    PROOF_INVALID = "PROOF_INVALID"
    WORKER_LOST = "WORKER_LOST"
    PROVING_TIMEOUT = "PROVING_TIMEOUT"
    KEY_UNAVAILABLE = "KEY_UNAVAILABLE"
    DEADLINE_PASSED = "DEADLINE_PASSED"
    CANCELLED_BY_CLIENT = "CANCELLED_BY_CLIENT"
    DRY_RUN = "DRY_RUN"
    RPC_UNAVAILABLE = "RPC_UNAVAILABLE"
    WRONG_CHAIN = "WRONG_CHAIN"
    CONTRACT_MISSING = "CONTRACT_MISSING"
    INSUFFICIENT_FUNDS = "INSUFFICIENT_FUNDS"
    FEE_CEILING = "FEE_CEILING"
    GAS_CEILING = "GAS_CEILING"
    CHAIN_NOT_READY = "CHAIN_NOT_READY"
    TRANSACTION_REFUSED = "TRANSACTION_REFUSED"
    NONCE_TAKEN = "NONCE_TAKEN"
    REORGANISED = "REORGANISED"
    SETTLED_BY_OTHER = "SETTLED_BY_OTHER"
    ATTESTATION_EXPIRED = "ATTESTATION_EXPIRED"
    REVERTED = "REVERTED"
    INTERNAL = "INTERNAL"


_UNPROVED = frozenset({Proving.FAILED, Proving.CANCELLED, Proving.EXPIRED})
_NOTHING: frozenset[Proving] = frozenset()

PROVING_STEPS: Mapping[Proving, frozenset[Proving]] = {
    Proving.QUEUED: _UNPROVED | {Proving.BATCHED, Proving.PROVING, Proving.PROVED},
    Proving.BATCHED: _UNPROVED | {Proving.QUEUED, Proving.PROVING},
    Proving.PROVING: _UNPROVED | {Proving.QUEUED, Proving.PROVED},
    Proving.PROVED: _NOTHING,
    Proving.FAILED: _NOTHING,
    Proving.CANCELLED: _NOTHING,
    Proving.EXPIRED: _NOTHING,
}
"""QUEUED leads to PROVED directly where a finished attestation is handed in for relay."""

SETTLEMENT_STEPS: Mapping[Settlement, frozenset[Settlement]] = {
    Settlement.NONE: frozenset({Settlement.READY}),
    Settlement.READY: frozenset({Settlement.SUBMITTED, Settlement.CONFIRMED, Settlement.REJECTED}),
    Settlement.SUBMITTED: frozenset({Settlement.READY, Settlement.CONFIRMED, Settlement.REJECTED}),
    Settlement.CONFIRMED: frozenset(
        {Settlement.READY, Settlement.SUBMITTED, Settlement.FINAL, Settlement.REJECTED}
    ),
    Settlement.FINAL: frozenset(),
    Settlement.REJECTED: frozenset(),
}


def check_proving(what: str, present: Proving, wanted: Proving) -> None:
    """Raise TransitionError unless the step exists."""
    if wanted not in PROVING_STEPS[present]:
        raise TransitionError(what, present, wanted)


def check_settlement(what: str, present: Settlement, wanted: Settlement) -> None:
    """Raise TransitionError unless the step exists."""
    if wanted not in SETTLEMENT_STEPS[present]:
        raise TransitionError(what, present, wanted)
