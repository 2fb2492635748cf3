"""The attested market of one underlying: head, expiry slices, and volatilities in one of two forms.

In the SVI form every slice carries its volatility curve; in the series form the market lists the
volatility of each (expiry, strike). A private statement takes the market as one digest over all of
it, in a fixed order, so no held series shows. Elements, first field the most significant::

    1      underlying_id (96) | tick_exponent (8) | snapshot_unix (40) | spot (36) | perpetual (36)
           | stable_price (31)
    2      form (1) | spot_confidence (31) | perpetual_confidence (31) | collateral_1 (36)
           | collateral_2 (36) | at_the_money_volatility (28)
    then for each of 16 slices
           expiry_unix (40) | forward variable (36) | fixed (36) | discount (46) | rate (28)
           | confidence (31)
           a + 2^47 (48) | b (46) | rho + 2^30 (31) | m + 2^45 (46) | s (46)      SVI form only
    then   3 x [slice index (4) | strike_ticks (36) | volatility (28)]            series form only

Unused slices and series repeat the last one; readers skip repeats.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from itertools import pairwise

from circuits.statements.packing import chunks, pack
from circuits.statements.portfolio_margin.errors import MarginMarketError
from circuits.statements.portfolio_margin.sponge import sponge
from circuits.statements.portfolio_margin.svi import Svi
from circuits.statements.portfolio_margin.units import SERIES, SLICES, check_range

HEAD_FIELDS = (
    "underlying_id",
    "tick_exponent",
    "snapshot_unix",
    "spot_ticks",
    "perpetual_ticks",
    "stable_price",
)
HEAD_WIDTHS = (96, 8, 40, 36, 36, 31)
PRICES_FIELDS = (
    "spot_confidence",
    "perpetual_confidence",
    "collateral_1_ticks",
    "collateral_2_ticks",
    "at_the_money_volatility",
)
PRICES_WIDTHS = (1, 31, 31, 36, 36, 28)
"""The form's, then the fields'."""
SLICE_FIELDS = (
    "expiry_unix",
    "forward_variable_ticks",
    "forward_fixed_ticks",
    "discount",
    "rate_biased",
    "confidence",
)
SLICE_WIDTHS = (40, 36, 36, 46, 28, 31)
SVI_FIELDS = ("a", "b", "rho", "m", "s")
SVI_WIDTHS = (48, 46, 31, 46, 46)
SVI_BIASES = (1 << 47, 0, 1 << 30, 1 << 45, 0)
SERIES_FIELDS = ("slice_index", "strike_ticks", "volatility")
SERIES_WIDTHS = (4, 36, 28)
SERIES_PER_ELEMENT = 3

#: keccak256("proofmark.margin_market.v1") mod r; a test recomputes it.
MARKET_TAG = 4506950728001958078756556347817967596726571602935913515557555231606903288381


class VolatilityForm(IntEnum):
    """How a market gives volatilities."""

    SVI = 0
    SERIES = 1


@dataclass(frozen=True, slots=True)
class Slice:
    """One expiry: forward = variable part (what a spot move multiplies) + fixed part.

    The fixed part is what has been averaged into the settlement price already. `confidence` is the
    least of the confidences in forward, rate and volatilities.
    """

    expiry_unix: int
    forward_variable_ticks: int
    forward_fixed_ticks: int
    discount: int
    rate_biased: int
    confidence: int
    svi: Svi | None = None

    def __post_init__(self) -> None:
        for name in SLICE_FIELDS:
            check_range(name, getattr(self, name))
        check_range("forward_ticks", self.forward_ticks)

    @property
    def forward_ticks(self) -> int:
        """Both parts."""
        return self.forward_variable_ticks + self.forward_fixed_ticks

    @property
    def elements(self) -> tuple[int, ...]:
        """One element, and one more in the SVI form."""
        head = pack(SLICE_WIDTHS, [getattr(self, name) for name in SLICE_FIELDS])
        if self.svi is None:
            return (head,)
        biased = [
            getattr(self.svi, name) + bias
            for name, bias in zip(SVI_FIELDS, SVI_BIASES, strict=True)
        ]
        return head, pack(SVI_WIDTHS, biased)


@dataclass(frozen=True, slots=True, order=True)
class ListedVolatility:
    """The volatility, in units of 2e-8, of the call and the put of one expiry and strike."""

    slice_index: int
    strike_ticks: int
    volatility: int

    def __post_init__(self) -> None:
        for name in SERIES_FIELDS:
            check_range(name, getattr(self, name))


@dataclass(frozen=True, slots=True)
class MarginMarket:
    """What the oracle signers sign for margins: one snapshot of one underlying.

    Prices of perpetual and collateral assets are ticks per contract in quote currency, 0 where
    there is no such asset; `stable_price` and confidences count 1e-9.
    """

    underlying_id: int
    tick_exponent: int
    snapshot_unix: int
    spot_ticks: int
    perpetual_ticks: int
    stable_price: int
    spot_confidence: int
    perpetual_confidence: int
    collateral_1_ticks: int
    collateral_2_ticks: int
    at_the_money_volatility: int
    slices: tuple[Slice, ...]
    series: tuple[ListedVolatility, ...] = ()

    def __post_init__(self) -> None:
        for name, range_name in _HEAD_RANGES.items():
            check_range(range_name, getattr(self, name))
        check_range("slices", len(self.slices))
        self._check_slices()
        self._check_form()

    @property
    def form(self) -> VolatilityForm:
        """The form all slices share."""
        return VolatilityForm.SERIES if self.slices[0].svi is None else VolatilityForm.SVI

    @property
    def padded_slices(self) -> tuple[Slice, ...]:
        """All 16: unused ones repeat the last."""
        return self.slices + self.slices[-1:] * (SLICES - len(self.slices))

    @property
    def padded_series(self) -> tuple[ListedVolatility, ...]:
        """All 512: unused ones repeat the last; none in the SVI form."""
        return self.series + self.series[-1:] * (SERIES - len(self.series))

    def seconds_to_expiry(self, index: int) -> int:
        """T of a slice, in whole seconds."""
        return self.slices[index].expiry_unix - self.snapshot_unix

    def elements(self) -> tuple[int, ...]:
        """The whole listing as field elements below 2^248, padded to its fixed size."""
        head = [getattr(self, name) for name in HEAD_FIELDS]
        prices = [self.form, *(getattr(self, name) for name in PRICES_FIELDS)]
        slices = [element for each in self.padded_slices for element in each.elements]
        return (pack(HEAD_WIDTHS, head), pack(PRICES_WIDTHS, prices), *slices, *self._series())

    def digest(self) -> int:
        """The Poseidon digest of the whole listing."""
        return sponge(MARKET_TAG, self.elements())

    def _series(self) -> list[int]:
        return [
            pack(
                SERIES_WIDTHS * SERIES_PER_ELEMENT,
                [getattr(each, name) for each in part for name in SERIES_FIELDS],
            )
            for part in chunks(self.padded_series, SERIES_PER_ELEMENT)
        ]

    def _check_slices(self) -> None:
        for index, (one, following) in enumerate(pairwise(self.slices)):
            if one.expiry_unix >= following.expiry_unix:
                raise MarginMarketError(
                    f"slice {index + 1} expires at {following.expiry_unix}, expected after"
                    f" {one.expiry_unix}, the slice before"
                )
        for index, each in enumerate(self.slices):
            check_range("seconds_to_expiry", self.seconds_to_expiry(index))
            if index and each.forward_fixed_ticks:
                raise MarginMarketError(
                    f"slice {index} has a fixed part of {each.forward_fixed_ticks} ticks, expected"
                    " one in the first slice at most"
                )

    def _check_form(self) -> None:
        with_svi = [each.svi is not None for each in self.slices]
        if any(with_svi) and (not all(with_svi) or self.series):
            raise MarginMarketError(
                "volatilities are given in two forms, expected an SVI curve for every slice, or"
                " listed series for all"
            )
        if all(with_svi):
            return
        check_range("series", len(self.series))
        for one, following in pairwise(self.series):
            if _place(one) >= _place(following):
                raise MarginMarketError(
                    f"the volatility of {_place(following)} (slice, strike) comes after"
                    f" {_place(one)}, expected strictly increasing places"
                )
        last = self.series[-1].slice_index
        if last >= len(self.slices):
            raise MarginMarketError(
                f"a volatility names slice {last}, expected below {len(self.slices)}"
            )


_HEAD_RANGES = {name: name for name in HEAD_FIELDS} | {
    "spot_confidence": "confidence",
    "perpetual_confidence": "confidence",
    "collateral_1_ticks": "collateral_ticks",
    "collateral_2_ticks": "collateral_ticks",
    "at_the_money_volatility": "volatility",
}


def _place(each: ListedVolatility) -> tuple[int, int]:
    return each.slice_index, each.strike_ticks
