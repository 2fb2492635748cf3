"""What one signer's sources say at one instant: the option market, the margin listing, or both.

A report is a view too, the one that the medians of several views make; so there is one way to
compare, to encode and to hash them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from circuits.statements.option_marks import Market, market_words
from circuits.statements.option_marks.inputs import smallest_shape
from circuits.statements.portfolio_margin import MarginMarket
from circuits.statements.ranges import InputError
from node.oracle.errors import ViewError
from node.oracle.report import SnapshotReport, market_hash
from node.quoting import at_the_money_volatility, rate_from_discount

__all__ = ["Listing", "OracleView"]

Listing = tuple[object, ...]
"""What a view lists, without its values: equal for signers who watch the same series."""

_NUMBERS = range(1, 1 << 48)


@dataclass(frozen=True, slots=True)
class OracleView:
    """One instant of one underlying.

    ``chain`` is what option_marks is about, ``margin`` what portfolio_margin is about; one of them
    may be missing. ``spot_ticks`` is the margin listing's spot, or else the forward of the nearest
    expiry. ``next_number`` is the first snapshot number its maker would sign. Raises ViewError
    where the two markets are not of one instant, a chain has several curves for an expiry, or the
    at-the-money volatility is not the one this room defines.
    """

    chain: Market | None
    margin: MarginMarket | None
    next_number: int

    def __post_init__(self) -> None:
        for fault in self._faults():
            raise ViewError(fault)

    @property
    def market(self) -> Market | MarginMarket:
        """Whichever is there: underlying, tick and time are the same in both."""
        return self.margin or self._given_chain

    @property
    def snapshot_unix(self) -> int:
        """The instant, Unix seconds."""
        return self.market.snapshot_unix

    @property
    def underlying(self) -> bytes:
        """As the contract names it, 12 bytes."""
        return self.market.underlying_id.to_bytes(12, "big")

    @property
    def spot_ticks(self) -> int:
        """What the contract keeps as spot."""
        if self.margin is not None:
            return self.margin.spot_ticks
        return self._given_chain.groups[0].forward_ticks

    @property
    def market_hash(self) -> bytes:
        """keccak256 of the market words, at the smallest product shape that holds the chain.

        Without a chain it is the hash of one word, the listing's digest: no market words are so
        few, so no option_marks statement can name such a snapshot.
        """
        if self.chain is None and self.margin is not None:
            return market_hash([self.margin.digest()])
        return market_hash(market_words(self._given_chain, smallest_shape(self._given_chain)))

    def report(self) -> SnapshotReport:
        """What the contract is to keep, every hash computed here; ReportError."""
        margin = self.margin
        return SnapshotReport(
            underlying=self.underlying,
            number=self.next_number,
            snapshot_unix=self.snapshot_unix,
            market_hash=self.market_hash,
            spot=self.spot_ticks,
            at_the_money_volatility=0 if margin is None else margin.at_the_money_volatility,
            market_digest=bytes(32) if margin is None else margin.digest().to_bytes(32, "big"),
        )

    @property
    def listing(self) -> Listing:
        """Underlying, expiries, series, the form of volatilities and which assets exist."""
        return (
            self.market.underlying_id,
            self.market.tick_exponent,
            None if self.chain is None else tuple(_chain_listing(self.chain)),
            None if self.margin is None else tuple(_margin_listing(self.margin)),
        )

    @property
    def _given_chain(self) -> Market:
        """The chain of a view that has no margin listing."""
        assert self.chain is not None, "checked on construction"  # noqa: S101
        return self.chain

    def _faults(self) -> Iterator[str]:
        if self.chain is None and self.margin is None:
            yield "a view needs a chain, a margin listing, or both"
        if self.next_number not in _NUMBERS:
            yield f"number {self.next_number}, expected 1 to 2^48 - 1"
        if self.chain is not None:
            yield from _chain_faults(self.chain)
        if self.margin is not None:
            told, ruled = self.margin.at_the_money_volatility, at_the_money_volatility(self.margin)
            if told != ruled:
                yield f"at-the-money volatility {told}, expected {ruled} by its rule"
        if self.chain is not None and self.margin is not None:
            for name in ("underlying_id", "tick_exponent", "snapshot_unix"):
                one, other = getattr(self.chain, name), getattr(self.margin, name)
                if one != other:
                    yield f"{name} is {one} in the chain and {other} in the margin listing"


def _chain_faults(chain: Market) -> Iterator[str]:
    """Several curves for one expiry would let one liar multiply the groups of a median."""
    try:
        smallest_shape(chain)
        chain.check_distinct_series()
    except InputError as error:
        yield str(error)
    for one, following in pairwise(chain.groups):
        if one.expiry_unix > following.expiry_unix:
            yield f"expiry {following.expiry_unix} stands after {one.expiry_unix}"
        curves = [(g.forward_ticks, g.discount, g.rate_biased) for g in (one, following)]
        if one.expiry_unix == following.expiry_unix and curves[0] != curves[1]:
            yield f"expiry {one.expiry_unix} has two forwards, discount factors or rates"
    for group in chain.groups:
        derived = rate_from_discount(group.discount, chain.seconds_to_expiry(group))
        if group.rate_biased != derived:
            yield f"expiry {group.expiry_unix}: rate {group.rate_biased}, expected {derived}"


def _chain_listing(chain: Market) -> Iterator[Listing]:
    for group in chain.groups:
        series = tuple((option.strike_ticks, option.is_put) for option in group.options)
        yield group.expiry_unix, series


def _margin_listing(margin: MarginMarket) -> Iterator[object]:
    yield int(margin.form)
    yield from (each.expiry_unix for each in margin.slices)
    yield from ((each.slice_index, each.strike_ticks) for each in margin.series)
    for name in ("perpetual_ticks", "collateral_1_ticks", "collateral_2_ticks"):
        yield name, bool(getattr(margin, name))
