"""From an attestation to calldata, and to the registry's verdict."""

from dataclasses import dataclass
from enum import Enum

from eth_abi.abi import encode
from eth_hash.auto import keccak

from node.chain import Call, Chain, ErrorTable, Receipt
from node.chain.errors import RevertedError
from node.store import NewAttestation

__all__ = ["ALREADY", "Outcome", "Verdict", "attest_call", "attested", "judge"]

_ATTEST = "attest(bytes32,uint256[10],uint256[])"
_ATTESTED = "Attested(bytes32,address,bytes32,uint48,bytes32,bytes32)"
_ATTEST_SELECTOR = keccak(_ATTEST.encode())[:4]
_ATTESTED_TOPIC = keccak(_ATTESTED.encode())
_ATTEST_TYPES = ("bytes32", "uint256[10]", "uint256[]")
ALREADY = "AlreadyAttested"
"""What the registry says to words that it has: as good as done."""


class Outcome(Enum):
    """What a transaction would do now."""

    PASSES = "passes"
    SETTLED = "settled already"
    LATER = "refused for now"
    NEVER = "refused"


@dataclass(frozen=True)
class Verdict:
    """An outcome, the registry's reason in words, and the name of its error."""

    outcome: Outcome
    reason: str = ""
    error: str = ""


def attest_call(attestation: NewAttestation) -> bytes:
    """Calldata of AttestationRegistry.attest."""
    arguments = (attestation.key_id, attestation.proof_values(), attestation.word_values())
    return bytes(_ATTEST_SELECTOR + encode(_ATTEST_TYPES, arguments))


def attested(receipt: Receipt, registry: str, key_id: bytes) -> bool:
    """Whether a receipt holds the registry's event for a key.

    A call to an address without code succeeds too; only the event shows that something happened.
    """
    return any(
        log.address == registry and log.topics[:2] == (_ATTESTED_TOPIC, key_id)
        for log in receipt.logs
    )


def judge(
    chain: Chain,
    call: Call,
    errors: ErrorTable,
    later_errors: frozenset[str],
    block_number: int | None = None,
) -> Verdict:
    """Ask the registry by a static call what it would do, on the newest or an older state."""
    try:
        chain.call(call, block_number)
    except RevertedError as error:
        revert = errors.decode(error.data)
        if revert.name == ALREADY:
            return Verdict(Outcome.SETTLED, revert.sentence, revert.name)
        outcome = Outcome.LATER if revert.name in later_errors else Outcome.NEVER
        return Verdict(outcome, revert.sentence, revert.name or "")
    return Verdict(Outcome.PASSES)
