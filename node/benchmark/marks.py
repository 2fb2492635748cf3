"""`option_marks` as a subject: full markets of typical options."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass

from circuits.challenge_round import StatementWitness
from circuits.statements.option_marks import (
    GroupInputs,
    Header,
    Market,
    OptionInputs,
    OptionMarks,
    Shape,
)
from prover import lane_numbers

_LANES = 16
_SNAPSHOT_UNIX = 1_780_000_000
_HEADER = Header(chain_id=1, registry=2, consumer=3, sequence=4, valid_until=5)


@dataclass(frozen=True)
class Marks:
    """A statement's capacity, a multiple of 16 options, with or without Greeks."""

    size: int
    greeks: bool = False

    def __post_init__(self) -> None:
        if self.size < _LANES or self.size % _LANES:
            raise ValueError(f"capacity {self.size}, expected a multiple of {_LANES}")

    @property
    def statement(self) -> OptionMarks:
        """The statement."""
        return OptionMarks(Shape(self.size // _LANES, _LANES), greeks=self.greeks)

    def witness_of(self, seed: int) -> Callable[[], StatementWitness]:
        """Of a full market of typical options (circuits/docs/option_marks.md, Accuracy)."""
        source = random.Random(seed)  # noqa: S311 - typical inputs, no secrets
        groups = tuple(_group(source) for _ in range(self.size // _LANES))
        statement, market = self.statement, Market(1, 4, _SNAPSHOT_UNIX, groups)
        return lambda: statement.witness(_HEADER, market, numbers=lane_numbers())


def _group(source: random.Random) -> GroupInputs:
    forward = source.randint(10**8, 10**9)
    seconds = int(10 ** source.uniform(2, 7.7))
    strikes = {int(forward * 2 ** source.uniform(-1.5, 1.5)) for _ in range(2 * _LANES)}
    options = tuple(
        OptionInputs(strike, int(source.uniform(0.05, 2.5) * 5e7), bool(source.getrandbits(1)))
        for strike in sorted(strikes)[:_LANES]
    )
    return GroupInputs(forward, 1 << 44, 1 << 26, _SNAPSHOT_UNIX + seconds, options)
