"""What is provable of a book, asked of the statement's own definition.

The book is read once, on integers that refuse what a range check refuses; every question is then
the few lines of `publish_standing` that all kinds of the statement end with.
"""

from __future__ import annotations

from collections.abc import Iterator
from random import Random

from circuits.edsl import CircuitError, IntegerArithmetic, Numbers
from circuits.profile import R14
from circuits.statements.packing import ceil_div
from circuits.statements.portfolio_margin import Kind, Level, check_provable
from circuits.statements.portfolio_margin.arrays import (
    book_arrays,
    market_arrays,
    parameter_arrays,
)
from circuits.statements.portfolio_margin.model.portfolio import define_portfolio
from circuits.statements.portfolio_margin.publish import publish_standing
from circuits.statements.portfolio_margin.units import COLLATERAL_BITS, SPOT_FACTOR_ONE
from tests.circuits.statements.margin.wide_books import Case
from tests.circuits.statements.margin.wide_markets import by_size

LARGEST_BALANCE = (1 << COLLATERAL_BITS) - 1
CLAIMS = ("covered", "breach", "equity", "least")
"""The checks that decide a claim; any other check that refuses is a fault of the model."""


class Standing:
    """One book, read."""

    def __init__(self, case: Case, numbers: Numbers) -> None:
        parameters, market = case.parameters, case.market
        inputs = (
            parameter_arrays(parameters)
            | market_arrays(market)
            | book_arrays(case.book, case.slots)
        )
        ar = IntegerArithmetic(R14.limb_bits, numbers, inputs=inputs)
        found = define_portfolio(ar, R14, case.slots, len(parameters.rows), market.form)
        self.unit = parameters.collateral_unit
        self.step = parameters.requirement_step
        self._ar, self._found = ar, found
        self._margins = {
            level: found.margin(ar, ar.constant(found.root, int(level is Level.INITIAL)))
            for level in Level
        }

    def margin(self, level: Level) -> int:
        """Cash atoms, without collateral."""
        return int(self._margins[level].margin.payload[0])

    def least_balance(self) -> int:
        """The least W that should cover the maintenance margin."""
        return max(0, ceil_div(-self.margin(Level.MAINTENANCE), self.unit))

    def equity_bound(self, collateral: int) -> int:
        """The least Q of a breach at this balance, within its range."""
        equity = int(self._margins[Level.MAINTENANCE].equity.payload[0])
        whole = self.unit * SPOT_FACTOR_ONE
        return min(max(0, ceil_div(equity + collateral * whole, whole)), LARGEST_BALANCE)

    def covers(self, collateral: int) -> bool:
        """Whether covered(MM) is provable at this balance."""
        return self._shows(Kind.COVERED, Level.MAINTENANCE, collateral=collateral)

    def breaches(self, collateral: int, equity_bound: int) -> bool:
        """Whether a breach is provable at this balance with this Q."""
        return self._shows(
            Kind.BREACH, Level.MAINTENANCE, collateral=collateral, equity_bound=equity_bound
        )

    def requires(self, steps: int, level: Level) -> bool:
        """Whether this many steps are provable as the requirement."""
        return self._shows(Kind.REQUIREMENT, level, requirement_steps=steps)

    def _shows(self, kind: Kind, level: Level, **inputs: int) -> bool:
        self._ar.inputs = {name: [value] for name, value in inputs.items()}
        try:
            with self._ar.scope("words"):
                publish_standing(self._ar, self._found, kind, self._margins[level])
        except CircuitError as refused:
            if not str(refused).startswith(tuple(f"words/{claim}:" for claim in CLAIMS)):
                raise
            return False
        return True


def faults(case: Case, numbers: Numbers) -> list[str]:
    """What is wrong with a case that must have a margin: texts, none where all is well."""
    try:
        check_provable(case.book, case.market, case.parameters)
        standing = Standing(case, numbers)
        return [*_undecided(standing, Random(case.seed)), *_unrequired(standing)]
    except Exception as error:  # whatever is raised is a fault of this book
        return [f"raises {error!r}"]


def _undecided(standing: Standing, random: Random) -> Iterator[str]:
    """Balances of which not exactly one of covered and breach is provable, on its own side."""
    edge = standing.least_balance()
    near = edge + by_size(random, -(1 << 40), 1 << 40)
    anywhere = random.getrandbits(COLLATERAL_BITS)
    for balance in {edge - 1, edge, edge + 1, near, anywhere, 0, LARGEST_BALANCE}:
        if not 0 <= balance <= LARGEST_BALANCE:
            continue
        bound = standing.equity_bound(balance)
        found = standing.covers(balance), standing.breaches(balance, bound)
        if found != (balance >= edge, balance < edge):
            yield f"covered, breach at {balance} (edge {edge}): {found}"
        if bound and standing.breaches(balance, bound - 1):
            yield f"a breach at {balance} with {bound - 1}, less than the equity"


def _unrequired(standing: Standing) -> Iterator[str]:
    """Levels whose requirement is not provable, or not the only one."""
    for level in Level:
        steps = max(0, ceil_div(-standing.margin(level), standing.unit * standing.step))
        found = [n for n in (steps - 1, steps, steps + 1) if n >= 0 and standing.requires(n, level)]
        if found != [steps]:
            yield f"{level.name}: requirements of {found} steps are provable, expected {steps}"
