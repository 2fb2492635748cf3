"""Where a signer's view comes from, and what is checked before it is believed.

A source reads; ``CheckedSource`` doubts: every view a signer publishes or compares with passes it.
Whatever else a view may come from (an exchange's API, a vendor's feed) is another ``MarketSource``.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from circuits.statements.option_marks import Market
from circuits.statements.portfolio_margin import MarginMarket, MarginParameters, check_admissible
from circuits.statements.ranges import InputError
from node.oracle.errors import SourceError, ViewError
from node.oracle.view import OracleView
from node.quoting import PROVING, QuoteError, market_of, read_chain, read_margin_market

__all__ = [
    "CheckedSource",
    "FileSource",
    "MarketSource",
    "Marks",
    "SourcePolicy",
    "check_listing",
]

_BPS = 10_000


class MarketSource(Protocol):
    """Something that knows one underlying's market now."""

    def read(self) -> tuple[Market | None, MarginMarket | None]:
        """The chain, the margin listing, or both, of one instant; SourceError."""


@dataclass(frozen=True, slots=True)
class FileSource:
    """Files that another program replaces: a chain CSV, a margin market JSON, or both."""

    chain: Path | None
    margin: Path | None

    def read(self) -> tuple[Market | None, MarginMarket | None]:
        """Both files as they are now; SourceError with every fault of grammar and range."""
        try:
            chain = None if self.chain is None else market_of(read_chain(self.chain, PROVING))
            quoted = None if self.margin is None else read_margin_market(self.margin)
        except (QuoteError, InputError) as error:
            raise SourceError(str(error)) from error
        return (
            None if chain is None else chain.market,
            None if quoted is None else quoted.market,
        )


@dataclass(frozen=True, slots=True)
class SourcePolicy:
    """When a reading is believed.

    ``max_age_seconds`` to the clock, ``future_seconds`` ahead of it at most; ``spot_move_bps`` and
    ``volatility_move_bps`` (1e-4) from the last reading believed, unless a later one repeats it.
    ``parameters``: the sets whose margins must all be provable in a margin listing.
    """

    max_age_seconds: int = 120
    future_seconds: int = 2
    spot_move_bps: int = 2_000
    volatility_move_bps: int = 5_000
    parameters: Sequence[MarginParameters] = ()


@dataclass(frozen=True, slots=True)
class Marks:
    """What plausibility is judged by; volatility 0 where there is no margin listing."""

    snapshot_unix: int
    spot_ticks: int
    volatility: int


def check_listing(margin: MarginMarket, parameters: Sequence[MarginParameters]) -> None:
    """Raise SourceError unless margins are provable in this listing by every parameter set."""
    try:
        for each in parameters:
            check_admissible(margin, each)
    except InputError as error:
        raise SourceError(f"margins would not be provable: {error}") from error


class CheckedSource:
    """A source that is believed only while it is fresh, monotone in time, admissible and plausible.

    ``previous`` is what was last signed, so that a restart forgets nothing. A move above the limits
    is refused until a strictly later reading, within the limits of the refused one, repeats it: the
    contract's rule for spot, applied before anything is signed.
    """

    def __init__(
        self,
        source: MarketSource,
        policy: SourcePolicy,
        clock: Callable[[], int],
        previous: Marks | None = None,
    ) -> None:
        self._source = source
        self._policy = policy
        self._clock = clock
        self._believed = previous
        self._doubted: Marks | None = None

    def read(self, next_number: int) -> OracleView:
        """The view now; SourceError."""
        chain, margin = self._source.read()
        try:
            view = OracleView(chain, margin, next_number)
        except ViewError as error:
            raise SourceError(str(error)) from error
        self._check_time(view.snapshot_unix)
        self.check_admissible(margin)
        self._check_plausible(view)
        return view

    def check_admissible(self, margin: MarginMarket | None) -> None:
        """Raise SourceError unless margins are provable in this listing by every parameter set."""
        if margin is not None:
            check_listing(margin, self._policy.parameters)

    def check_fresh(self, snapshot_unix: int) -> None:
        """Raise SourceError for a time in the future, or too long ago."""
        age = self._clock() - snapshot_unix
        if age < -self._policy.future_seconds:
            raise SourceError(f"a market of {-age} s in the future; compare the clocks")
        if age > self._policy.max_age_seconds:
            raise SourceError(f"stale: {age} s old, at most {self._policy.max_age_seconds} s")

    def _check_time(self, snapshot_unix: int) -> None:
        self.check_fresh(snapshot_unix)
        if self._believed is not None and snapshot_unix < self._believed.snapshot_unix:
            raise SourceError(
                f"time ran back: {snapshot_unix} after {self._believed.snapshot_unix}"
            )

    def _check_plausible(self, view: OracleView) -> None:
        volatility = 0 if view.margin is None else view.margin.at_the_money_volatility
        marks = Marks(view.snapshot_unix, view.spot_ticks, volatility)
        repeated = (
            self._doubted is not None
            and marks.snapshot_unix > self._doubted.snapshot_unix
            and self._is_near(marks, self._doubted)
        )
        if self._believed is None or repeated or self._is_near(marks, self._believed):
            self._believed, self._doubted = marks, None
            return
        if self._doubted is None or marks.snapshot_unix > self._doubted.snapshot_unix:
            self._doubted = marks
        raise SourceError(
            f"implausible: spot {marks.spot_ticks} after {self._believed.spot_ticks}, volatility "
            f"{marks.volatility} after {self._believed.volatility}; believed once a later reading"
            " repeats it"
        )

    def _is_near(self, marks: Marks, other: Marks) -> bool:
        limits = (
            (marks.spot_ticks, other.spot_ticks, self._policy.spot_move_bps),
            (marks.volatility, other.volatility, self._policy.volatility_move_bps),
        )
        return all(abs(one - two) * _BPS <= bps * two for one, two, bps in limits if two)
