"""Signers compare before they sign; a collector sorts what they signed."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass

from node.chain.signatures import LocalAccount
from node.oracle.errors import DisagreementError, SignaturesError
from node.oracle.report import Domain, MarginListing, SnapshotReport, market_hash, signable
from node.oracle.typed_data import recover_typed

__all__ = ["MarketView", "OracleSigner", "SignedReport", "collect", "recover"]

_BPS = 10_000


@dataclass(frozen=True)
class MarketView:
    """What one signer saw by itself: market words, a spot price in ticks, the next number.

    ``number`` comes from its own look at the chain (``next_number``). ``margin`` is the margin
    listing it would sign, checked field by field against its own view; None for none.
    """

    market_words: Sequence[int]
    spot: int
    number: int
    margin: MarginListing | None = None


@dataclass(frozen=True)
class SignedReport:
    """A report with its signatures (r, s, v), sorted by signer as the contract wants them."""

    report: SnapshotReport
    domain: Domain
    signers: tuple[str, ...]
    signatures: tuple[bytes, ...]


class OracleSigner:
    """One signer: an account and how far a spot may be from its own, in 1e-4."""

    def __init__(self, account: LocalAccount, *, spot_tolerance_bps: int = 50) -> None:
        self._account = account
        self._tolerance_bps = spot_tolerance_bps

    @property
    def address(self) -> str:
        """The signer's checksummed address."""
        return str(self._account.address)

    def sign(self, report: SnapshotReport, domain: Domain, view: MarketView) -> bytes:
        """Sign a report that agrees, in every field, with the signer's view; DisagreementError."""
        own = market_hash(view.market_words)
        if report.market_hash != own:
            raise DisagreementError(
                f"{self.address} sees market 0x{own.hex()}, "
                f"the report says 0x{report.market_hash.hex()}"
            )
        for name, seen, told in (*_exact_fields(report, view), *_margin_fields(report, view)):
            if told != seen:
                raise DisagreementError(
                    f"{self.address} sees {name} {seen}, the report says {told}"
                )
        if abs(report.spot - view.spot) * _BPS > self._tolerance_bps * view.spot:
            raise DisagreementError(
                f"{self.address} sees spot {view.spot}, the report says {report.spot}: "
                f"more than {self._tolerance_bps / 100:g} % apart"
            )
        return bytes(self._account.sign_message(signable(report, domain)).signature)


def _exact_fields(report: SnapshotReport, view: MarketView) -> Iterator[tuple[str, int, int]]:
    """Name, own and told value of what the market hash alone does not tie to the report.

    The first market word is underlying (96 bits), tick exponent (8), time (40) and two counts.
    """
    word = view.market_words[0]
    yield "underlying", word >> 80, int.from_bytes(report.underlying, "big")
    yield "snapshot unix", word >> 32 & (1 << 40) - 1, report.snapshot_unix
    yield "number", view.number, report.number


def _margin_fields(
    report: SnapshotReport, view: MarketView
) -> Iterator[tuple[str, int | str, int | str]]:
    """The same for the margin listing: its digest holds spot and volatility, so both are exact."""
    margin = view.margin or MarginListing(bytes(32), report.spot, 0)
    yield "market digest", f"0x{margin.digest.hex()}", f"0x{report.market_digest.hex()}"
    yield "listed spot", margin.spot, report.spot
    yield (
        "at-the-money volatility",
        margin.at_the_money_volatility,
        report.at_the_money_volatility,
    )


def recover(report: SnapshotReport, domain: Domain, signature: bytes) -> str:
    """Return the address that signed a report; SignaturesError for malformed signatures."""
    return recover_typed(signable(report, domain), signature)


def collect(
    report: SnapshotReport,
    domain: Domain,
    signatures: Iterable[bytes],
    *,
    signers: Collection[str],
    threshold: int,
) -> SignedReport:
    """Check signatures against the known signers and sort them.

    Raises SignaturesError for unknown or doubled signers and below the threshold, so that no
    gas is spent on what the contract would refuse.
    """
    found: dict[str, bytes] = {}
    for signature in signatures:
        signer = recover(report, domain, signature)
        if signer not in signers:
            raise SignaturesError(f"{signer} is no signer of this oracle, or signed another report")
        if signer in found:
            raise SignaturesError(f"{signer} signed twice")
        found[signer] = signature
    if len(found) < threshold:
        raise SignaturesError(f"{len(found)} signatures, the oracle wants {threshold}")
    ordered = sorted(found, key=lambda address: int(address, 16))
    return SignedReport(report, domain, tuple(ordered), tuple(found[each] for each in ordered))
