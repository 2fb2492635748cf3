"""The snapshot that oracle signers attest, and its EIP-712 form.

The market words are those of the statement, word 4 to the last word of option inputs: what the
signers sign is byte for byte what the circuit reads.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from eth_hash.auto import keccak

from circuits.field import BN254_FR
from node.chain.signatures import SignableMessage
from node.oracle.errors import ReportError
from node.oracle.typed_data import Domain, typed_data
from node.words import join_words

__all__ = ["Domain", "SnapshotReport", "market_hash", "signable"]

_FIELDS = (
    ("underlying", "bytes12"),
    ("number", "uint48"),
    ("snapshotUnix", "uint40"),
    ("marketHash", "bytes32"),
    ("spot", "uint256"),
    ("atTheMoneyVolatility", "uint32"),
    ("marketDigest", "bytes32"),
)
_UNDERLYING_BYTES = 12
_SPOT_BITS = 184
_VOLATILITY_BITS = 28
_NO_DIGEST = bytes(32)


@dataclass(frozen=True)
class SnapshotReport:
    """One snapshot of one underlying's listing.

    ``underlying`` is 12 bytes, ``number`` grows with every snapshot of it (48 bits, from 1),
    ``snapshot_unix`` is seconds (40 bits), ``market_hash`` 32 bytes, ``spot`` a price in ticks
    below 2^184, ``at_the_money_volatility`` units of 2e-8 below 2^28, ``market_digest`` a scalar
    in 32 bytes, zero without a margin listing; beside a digest the volatility is not zero. Raises
    ReportError outside these.
    """

    underlying: bytes
    number: int
    snapshot_unix: int
    market_hash: bytes
    spot: int
    at_the_money_volatility: int = 0
    market_digest: bytes = _NO_DIGEST

    def __post_init__(self) -> None:
        faults = [*self._length_faults(), *self._range_faults()]
        if faults:
            raise ReportError("; ".join(faults))

    def _length_faults(self) -> Iterator[str]:
        for name, value, length in (
            ("underlying", self.underlying, _UNDERLYING_BYTES),
            ("market hash", self.market_hash, 32),
            ("market digest", self.market_digest, 32),
        ):
            if len(value) != length:
                yield f"{name} has {len(value)} bytes, expected {length}"

    def _range_faults(self) -> Iterator[str]:
        for name, value, bits in (
            ("number", self.number, 48),
            ("snapshot_unix", self.snapshot_unix, 40),
            ("spot", self.spot, _SPOT_BITS),
        ):
            if not 0 < value < 1 << bits:
                yield f"{name} is {value}, expected 1 to 2^{bits} - 1"
        least = int(self.market_digest != _NO_DIGEST)
        if not least <= self.at_the_money_volatility < 1 << _VOLATILITY_BITS:
            yield (
                f"at-the-money volatility is {self.at_the_money_volatility}, "
                f"expected {least} to 2^{_VOLATILITY_BITS} - 1"
            )
        if int.from_bytes(self.market_digest, "big") >= BN254_FR.modulus:
            yield "market digest is not below the scalar modulus"

    def arguments(self) -> tuple[bytes, int, int, bytes, int, int, bytes]:
        """The struct as MarketOracle.submit takes it."""
        return (
            self.underlying,
            self.number,
            self.snapshot_unix,
            self.market_hash,
            self.spot,
            self.at_the_money_volatility,
            self.market_digest,
        )


def market_hash(words: Sequence[int]) -> bytes:
    """keccak256 of the market words, 32 bytes each."""
    return bytes(keccak(join_words(words)))


def signable(report: SnapshotReport, domain: Domain) -> SignableMessage:
    """The EIP-712 message of a report, bound to chain and contract."""
    return typed_data("MarketSnapshot", _FIELDS, report.arguments(), domain)
