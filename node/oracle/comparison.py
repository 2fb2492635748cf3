"""A report beside a signer's own view, field by field."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from circuits.statements.option_marks import Market
from circuits.statements.option_marks.inputs import RATE_FRACTION_BITS, SECONDS_PER_YEAR
from circuits.statements.portfolio_margin import MarginMarket, Slice
from circuits.statements.portfolio_margin.units import PARAMETER_ONE
from node.oracle.errors import DisagreementError
from node.oracle.view import OracleView
from node.quoting import curve_volatilities

__all__ = ["Tolerances", "compare_views"]

_BPS = 10_000
_FAULTS_TOLD = 3


@dataclass(frozen=True, slots=True)
class Tolerances:
    """How far a report may be from one's own view.

    ``..._bps`` are 1e-4: of the own value for prices (of the forward, for its fixed part),
    volatilities and discount factors; of one for confidences; a year's rate for rates (100 is one
    per cent). Curves are compared by their volatilities at nine places.
    """

    seconds: int = 30
    price_bps: int = 50
    volatility_bps: int = 500
    discount_bps: int = 20
    rate_bps: int = 100
    confidence_bps: int = 2_000


@dataclass(frozen=True, slots=True)
class _Field:
    """One field in both views; ``allowed`` is the largest difference."""

    name: str
    own: int
    told: int
    allowed: int


def compare_views(own: OracleView, told: OracleView, tolerances: Tolerances) -> None:
    """Raise DisagreementError unless both list the same and every field is within tolerance."""
    if own.listing != told.listing:
        raise DisagreementError("the report lists other assets, expiries or series than the source")
    faults = [each for each in _fields(own, told, tolerances) if _differs(each)]
    if faults:
        shown = "; ".join(
            f"{each.name} is {each.told}, seen is {each.own}, at most {each.allowed} apart"
            for each in faults[:_FAULTS_TOLD]
        )
        more = f"; and {len(faults) - _FAULTS_TOLD} more" if len(faults) > _FAULTS_TOLD else ""
        raise DisagreementError(f"{shown}{more}")


def _differs(field: _Field) -> bool:
    return abs(field.own - field.told) > field.allowed


def _fields(own: OracleView, told: OracleView, by: Tolerances) -> Iterator[_Field]:
    yield _Field("snapshot_unix", own.snapshot_unix, told.snapshot_unix, by.seconds)
    yield _relative("spot", own.spot_ticks, told.spot_ticks, by.price_bps)
    if own.chain is not None and told.chain is not None:
        yield from _chain_fields(own.chain, told.chain, by)
    if own.margin is not None and told.margin is not None:
        yield from _head_fields(own.margin, told.margin, by)
        for index, pair in enumerate(zip(own.margin.slices, told.margin.slices, strict=True)):
            yield from _slice_fields(f"slices[{index}]", *pair, by)
            yield from _curve_fields(f"slices[{index}].svi", index, own.margin, told.margin, by)
        for one, other in zip(own.margin.series, told.margin.series, strict=True):
            name = f"series[{one.slice_index}, {one.strike_ticks}].volatility"
            yield _relative(name, one.volatility, other.volatility, by.volatility_bps)


def _chain_fields(own: Market, told: Market, by: Tolerances) -> Iterator[_Field]:
    for index, (one, other) in enumerate(zip(own.groups, told.groups, strict=True)):
        path = f"groups[{index}]"
        yield _relative(f"{path}.forward", one.forward_ticks, other.forward_ticks, by.price_bps)
        yield _relative(f"{path}.discount", one.discount, other.discount, by.discount_bps)
        yield _rate(f"{path}.rate", one.rate_biased, other.rate_biased, by)
        for option, reported in zip(one.options, other.options, strict=True):
            kind = "put" if option.is_put else "call"
            name = f"{path}.{kind}[{option.strike_ticks}].volatility"
            yield _relative(name, option.volatility, reported.volatility, by.volatility_bps)


def _head_fields(own: MarginMarket, told: MarginMarket, by: Tolerances) -> Iterator[_Field]:
    for name in ("perpetual_ticks", "collateral_1_ticks", "collateral_2_ticks", "stable_price"):
        yield _relative(name, getattr(own, name), getattr(told, name), by.price_bps)
    for name in ("spot_confidence", "perpetual_confidence"):
        yield _confidence(name, getattr(own, name), getattr(told, name), by)
    volatilities = own.at_the_money_volatility, told.at_the_money_volatility
    yield _relative("at_the_money_volatility", *volatilities, by.volatility_bps)


def _slice_fields(path: str, own: Slice, told: Slice, by: Tolerances) -> Iterator[_Field]:
    yield _relative(f"{path}.forward", own.forward_ticks, told.forward_ticks, by.price_bps)
    of_forward = own.forward_ticks * by.price_bps // _BPS
    fixed = own.forward_fixed_ticks, told.forward_fixed_ticks
    yield _Field(f"{path}.forward_fixed", *fixed, of_forward)
    yield _relative(f"{path}.discount", own.discount, told.discount, by.discount_bps)
    yield _rate(f"{path}.rate", own.rate_biased, told.rate_biased, by)
    yield _confidence(f"{path}.confidence", own.confidence, told.confidence, by)


def _curve_fields(
    path: str, index: int, own: MarginMarket, told: MarginMarket, by: Tolerances
) -> Iterator[_Field]:
    """At the report's time to expiry: both curves at the same places."""
    one, other = own.slices[index].svi, told.slices[index].svi
    if one is None or other is None:
        return
    seconds = told.seconds_to_expiry(index)
    places = zip(curve_volatilities(one, seconds), curve_volatilities(other, seconds), strict=True)
    for place, (seen, reported) in enumerate(places):
        yield _relative(f"{path}[{place}]", seen, reported, by.volatility_bps)


def _relative(name: str, own: int, told: int, bps: int) -> _Field:
    return _Field(name, own, told, own * bps // _BPS)


def _rate(name: str, own: int, told: int, by: Tolerances) -> _Field:
    return _Field(name, own, told, (by.rate_bps << RATE_FRACTION_BITS) // (_BPS * SECONDS_PER_YEAR))


def _confidence(name: str, own: int, told: int, by: Tolerances) -> _Field:
    return _Field(name, own, told, by.confidence_bps * PARAMETER_ONE // _BPS)
