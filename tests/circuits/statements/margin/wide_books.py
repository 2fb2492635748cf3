"""Random cases for the property tests: another book, market and parameters for each seed.

Every shipped parameter set in turn; books of 0 to 16 legs (one of a hundred: of 128), as wide as
their ranges: amounts and cash of every size, strikes at, near and far from the money and at the
ends of the grid, calls against puts of one strike, linear holdings of every sign and size.
"""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

from circuits.statements.portfolio_margin import (
    Book,
    Leg,
    LinearHoldings,
    MarginMarket,
    MarginParameters,
    VolatilityForm,
)
from circuits.statements.portfolio_margin.commitment import CHUNK_LEAVES
from circuits.statements.portfolio_margin.units import LEAVES, RANGES
from tests.circuits.statements.margin.wide_markets import (
    SETS,
    by_size,
    inside,
    list_volatilities,
    wide_market,
    wide_parameters,
)

UNDERLYING = 1
_STRIKES = RANGES["strike_ticks"]
_AMOUNT = RANGES["amount"].high


@dataclass(frozen=True)
class Case:
    """A book, its market and its parameters, and the slots it is read in."""

    seed: int
    slots: int
    book: Book
    market: MarginMarket
    parameters: MarginParameters


def wide_case(seed: int, most: int | None = None) -> Case:
    """The case of a seed; with `most`, of at most that many legs."""
    random = Random(f"margin {seed}")
    parameters = wide_parameters(random, SETS[seed % len(SETS)])
    market = wide_market(random, parameters)
    count = LEAVES if random.random() < 0.01 else random.randrange(17)
    book = _book(random, market, count if most is None else min(count, most))
    if market.form is VolatilityForm.SERIES:
        market = list_volatilities(random, market, parameters, _places(random, book, market))
    exact = len(book.legs) <= CHUNK_LEAVES and random.random() < 0.5
    slots = max(1, len(book.legs)) if exact else _shape(book)
    return Case(seed, slots if most is None else most, book, market, parameters)


def _shape(book: Book) -> int:
    return next(slots for slots in (1, 4, CHUNK_LEAVES, LEAVES) if slots >= len(book.legs))


def _book(random: Random, market: MarginMarket, count: int) -> Book:
    largest = by_size(random, 1, _AMOUNT)
    legs: dict[int, Leg] = {}
    for _ in range(count):
        for leg in _position(random, market, largest):
            if len(legs) < count:
                legs[leg.key] = leg
    holdings = [by_size(random, 0, largest) if random.random() < 0.5 else 0 for _ in range(3)]
    linear = LinearHoldings(random.choice([-1, 1]) * holdings[0], holdings[1], holdings[2])
    return Book(
        tuple(legs[key] for key in sorted(legs)), linear, _cash(random, largest * market.spot_ticks)
    )


def _cash(random: Random, size: int) -> int:
    """Any, or of the size of the positions and mostly owed."""
    cash = inside(random, RANGES["cash"])
    if random.random() < 0.5:
        cash = random.choice([-1, -1, -1, 1]) * random.randrange(size * 16 + 1)
    return min(max(cash, RANGES["cash"].low), RANGES["cash"].high)


def _position(random: Random, market: MarginMarket, largest: int) -> list[Leg]:
    """A leg, or a call and a put of one strike: with amounts that cancel, or any."""
    each = random.choice(market.slices)
    strike = _strike(random, each.forward_ticks)
    signed = _amount(random, largest)
    puts = random.choice([(False,), (True,), (False, True)])
    amounts = (signed, random.choice([-signed, signed, _amount(random, largest)]))
    return [
        Leg(UNDERLYING, each.expiry_unix, strike, put, amount)
        for put, amount in zip(puts, amounts, strict=False)
    ]


def _amount(random: Random, largest: int) -> int:
    size = largest if random.random() < 0.1 else by_size(random, 1, largest)
    return random.choice([-1, 1]) * size


def _strike(random: Random, forward: int) -> int:
    width = random.choice([0.01, 0.1, 0.6])
    strike = random.choice(
        [
            forward,
            forward + random.randrange(-2, 3),
            int(forward * random.uniform(1 - width, 1 + width)),
            inside(random, _STRIKES),
            random.choice([_STRIKES.low, _STRIKES.high]),
        ]
    )
    return min(max(strike, _STRIKES.low), _STRIKES.high)


def _places(random: Random, book: Book, market: MarginMarket) -> set[tuple[int, int]]:
    """(slice, strike) of every leg and of a few strikes beside them."""
    index = {each.expiry_unix: place for place, each in enumerate(market.slices)}
    held = {(index[leg.expiry_unix], leg.strike_ticks) for leg in book.legs}
    return held | {
        (random.randrange(len(market.slices)), inside(random, _STRIKES)) for _ in range(3)
    }
