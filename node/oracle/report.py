"""The snapshot that oracle signers attest, and its EIP-712 form.

The market words are those of the statement, word 4 to the last word of option inputs: what the
signers sign is byte for byte what the circuit reads.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median_low
from typing import Any

from eth_hash.auto import keccak

from node.chain.signatures import SignableMessage, encode_typed_data
from node.oracle.errors import ReportError
from node.words import join_words

__all__ = ["Domain", "SnapshotReport", "build_report", "market_hash", "signable"]

_NAME = "proofmark MarketOracle"
_VERSION = "1"
_FIELDS = (
    ("underlying", "bytes12"),
    ("number", "uint48"),
    ("snapshotUnix", "uint40"),
    ("marketHash", "bytes32"),
    ("spot", "uint256"),
)
_UNDERLYING_BYTES = 12
_SPOT_BITS = 216


@dataclass(frozen=True)
class Domain:
    """Where a signature counts: one oracle contract on one chain."""

    chain_id: int
    oracle: str


@dataclass(frozen=True)
class SnapshotReport:
    """One snapshot of one underlying's listing.

    ``underlying`` is 12 bytes, ``number`` grows with every snapshot of it (48 bits, from 1),
    ``snapshot_unix`` is seconds (40 bits), ``market_hash`` 32 bytes, ``spot`` a price in ticks
    below 2^216. Raises ReportError outside these.
    """

    underlying: bytes
    number: int
    snapshot_unix: int
    market_hash: bytes
    spot: int

    def __post_init__(self) -> None:
        faults = []
        if len(self.underlying) != _UNDERLYING_BYTES:
            faults.append(f"underlying has {len(self.underlying)} bytes, expected 12")
        if len(self.market_hash) != 32:
            faults.append(f"market hash has {len(self.market_hash)} bytes, expected 32")
        for name, value, bits in (
            ("number", self.number, 48),
            ("snapshot_unix", self.snapshot_unix, 40),
            ("spot", self.spot, _SPOT_BITS),
        ):
            if not 0 < value < 1 << bits:
                faults.append(f"{name} is {value}, expected 1 to 2^{bits} - 1")
        if faults:
            raise ReportError("; ".join(faults))

    def arguments(self) -> tuple[bytes, int, int, bytes, int]:
        """The struct as MarketOracle.submit takes it."""
        return (self.underlying, self.number, self.snapshot_unix, self.market_hash, self.spot)


def market_hash(words: Sequence[int]) -> bytes:
    """keccak256 of the market words, 32 bytes each."""
    return bytes(keccak(join_words(words)))


def build_report(
    *,
    underlying: bytes,
    number: int,
    snapshot_unix: int,
    market_words: Sequence[int],
    spots: Sequence[int],
) -> SnapshotReport:
    """Put a report together; the spot is the (lower) median of what the sources say, in ticks."""
    if not spots:
        raise ReportError("no source gave a spot price")
    return SnapshotReport(
        underlying=underlying,
        number=number,
        snapshot_unix=snapshot_unix,
        market_hash=market_hash(market_words),
        spot=median_low(spots),
    )


def signable(report: SnapshotReport, domain: Domain) -> SignableMessage:
    """The EIP-712 message of a report, bound to chain and contract."""
    values: dict[str, Any] = dict(
        zip((name for name, _ in _FIELDS), report.arguments(), strict=True)
    )
    return encode_typed_data(
        full_message={
            "types": {
                "EIP712Domain": [
                    {"name": "name", "type": "string"},
                    {"name": "version", "type": "string"},
                    {"name": "chainId", "type": "uint256"},
                    {"name": "verifyingContract", "type": "address"},
                ],
                "MarketSnapshot": [{"name": name, "type": kind} for name, kind in _FIELDS],
            },
            "primaryType": "MarketSnapshot",
            "domain": {
                "name": _NAME,
                "version": _VERSION,
                "chainId": domain.chain_id,
                "verifyingContract": domain.oracle,
            },
            "message": values,
        }
    )
