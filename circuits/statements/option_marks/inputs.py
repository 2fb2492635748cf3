"""Inputs of `option_marks`: scaled integers, their ranges, and the shapes a market must fit.

This is the one place that says which integers are accepted. Values from outside (decimals,
words) become these types or are refused; functions behind the door trust them.

Errors::

    InputError(ValueError)     circuits/statements/ranges.py
     ├── RangeError            a field is outside its range
     ├── WordError             a word does not say a market
     ├── DuplicateSeriesError  one series is given twice
     └── ShapeError            more groups or options than the shape holds
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from circuits.statements.ranges import InputError, Range, check_in, unsigned

LANES = 16
"""Options in a group, and lanes of a product shape."""

SECONDS_PER_YEAR = 31_536_000
ATOMS_PER_TICK = 100_000
VOLATILITY_UNITS_PER_ONE = 50_000_000
DISCOUNT_FRACTION_BITS = 44
RATE_FRACTION_BITS = 53
RATE_BIAS = 1 << 26


class DuplicateSeriesError(InputError):
    """One series (expiry, strike, call or put) is given twice in a market."""


class ShapeError(InputError):
    """A market does not fit a shape."""


RANGES: dict[str, Range] = {
    "strike_ticks": Range(1 << 20, (1 << 36) - 1, "ticks of 10^-t"),
    "forward_ticks": Range(1 << 20, (1 << 36) - 1, "ticks of 10^-t"),
    "volatility": unsigned(28, "units of 2e-8"),
    "discount": Range(1, (1 << 45) - 1, "units of 2^-44"),
    "rate_biased": unsigned(28, "units of 2^-53 per second, plus 2^26"),
    "seconds_to_expiry": unsigned(28, "seconds"),
    "expiry_unix": unsigned(40, "Unix seconds"),
    "snapshot_unix": unsigned(39, "Unix seconds, so that expiries fit 40 bits"),
    "underlying_id": unsigned(96, "first 12 bytes of keccak(symbol)"),
    "tick_exponent": unsigned(8, "t of the tick 10^-t"),
    "price_atoms": unsigned(56, "units of 1e-5 tick"),
    "options_of_a_group": Range(1, LANES, "options"),
    "groups": Range(1, (1 << 16) - 1, "groups"),
    "options": Range(1, (1 << 16) - 1, "options"),
    "lanes": Range(1, LANES, "lanes"),
}
"""Every range of the statement's own fields, by field name."""


def check_range(field: str, value: int) -> None:
    """Raise RangeError unless `value` is an integer in the range of `field`."""
    check_in(RANGES, field, value)


@dataclass(frozen=True, slots=True)
class OptionInputs:
    """One European option: strike in ticks, volatility in units of 2e-8, put or call."""

    strike_ticks: int
    volatility: int
    is_put: bool

    def __post_init__(self) -> None:
        check_range("strike_ticks", self.strike_ticks)
        check_range("volatility", self.volatility)


@dataclass(frozen=True, slots=True)
class GroupInputs:
    """Up to 16 options that share expiry, forward, discount factor and rate.

    `discount` counts 2^-44; `rate_biased` is the rate in 2^-53 per second plus 2^26.
    """

    forward_ticks: int
    discount: int
    rate_biased: int
    expiry_unix: int
    options: tuple[OptionInputs, ...]

    def __post_init__(self) -> None:
        check_range("forward_ticks", self.forward_ticks)
        check_range("discount", self.discount)
        check_range("rate_biased", self.rate_biased)
        check_range("expiry_unix", self.expiry_unix)
        check_range("options_of_a_group", len(self.options))


@dataclass(frozen=True, slots=True)
class Market:
    """A snapshot of one underlying: what the oracle signers sign.

    Market order of options is group by group, and within a group as given.
    """

    underlying_id: int
    tick_exponent: int
    snapshot_unix: int
    groups: tuple[GroupInputs, ...]

    def __post_init__(self) -> None:
        check_range("underlying_id", self.underlying_id)
        check_range("tick_exponent", self.tick_exponent)
        check_range("snapshot_unix", self.snapshot_unix)
        check_range("groups", len(self.groups))
        check_range("options", self.option_count)
        for group in self.groups:
            check_range("seconds_to_expiry", self.seconds_to_expiry(group))

    @property
    def option_count(self) -> int:
        """Number of options, repeats of padding not counted."""
        return sum(len(group.options) for group in self.groups)

    def seconds_to_expiry(self, group: GroupInputs) -> int:
        """T of a group, in whole seconds."""
        return group.expiry_unix - self.snapshot_unix

    def options(self) -> Iterator[tuple[GroupInputs, OptionInputs]]:
        """Every option with its group, in market order."""
        for group in self.groups:
            for option in group.options:
                yield group, option

    def check_distinct_series(self) -> None:
        """Raise DuplicateSeriesError when one series is given twice."""
        seen: set[tuple[int, int, bool]] = set()
        for group, option in self.options():
            series = (group.expiry_unix, option.strike_ticks, option.is_put)
            if series in seen:
                kind = "put" if option.is_put else "call"
                raise DuplicateSeriesError(
                    f"the {kind} with strike {option.strike_ticks} ticks and expiry"
                    f" {group.expiry_unix} is given twice, expected distinct series"
                )
            seen.add(series)


@dataclass(frozen=True, slots=True, order=True)
class Shape:
    """The size of a circuit: `groups` groups of `lanes` options each."""

    groups: int
    lanes: int = LANES

    def __post_init__(self) -> None:
        check_range("groups", self.groups)
        check_range("lanes", self.lanes)

    @property
    def capacity(self) -> int:
        """Options the shape holds."""
        return self.groups * self.lanes

    def check_fits(self, market: Market) -> None:
        """Raise ShapeError unless every group and option of the market has a place."""
        if len(market.groups) > self.groups:
            raise ShapeError(
                f"the market has {len(market.groups)} groups, the shape holds {self.groups}"
            )
        fullest = max(len(group.options) for group in market.groups)
        if fullest > self.lanes:
            raise ShapeError(f"a group has {fullest} options, the shape has {self.lanes} lanes")


PRODUCT_SHAPES = (Shape(4), Shape(16), Shape(32), Shape(64), Shape(256))
"""Shapes with product keys, smallest first: 64, 256, 512, 1,024 and 4,096 options."""


def smallest_shape(market: Market) -> Shape:
    """The smallest product shape that holds the market; ShapeError when none does."""
    for shape in PRODUCT_SHAPES:
        if len(market.groups) <= shape.groups:
            return shape
    raise ShapeError(
        f"the market has {len(market.groups)} groups, the largest shape holds"
        f" {PRODUCT_SHAPES[-1].groups}"
    )
