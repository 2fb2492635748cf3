"""The ladder's rungs 2 and 3: honest witnesses satisfy the circuit, lies never prove a falsehood.

A lie is a prover who replaces what it claims and goes on favourably: later hints are computed from
the lied values and multiplicities follow. The constraint system must refuse it, or the public
words must still be true (`true_words`): the same as before, or those of another market.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from enum import Enum
from functools import cache
from typing import Any

import numpy as np

from circuits.edsl import IntegerArray, Liar
from circuits.statements.option_marks import (
    Header,
    Mark,
    Market,
    OptionMarks,
    Shape,
    decode_words,
    encode_words,
    evaluate,
    word_count,
)
from circuits.statements.option_marks.words import lane_sources
from tests.circuits.reading import (
    PRODUCT,
    Inputs,
    Reading,
    circuit,
    market_inputs,
    respond,
    witness,
)
from tests.circuits.true_words import are_true

HEADER = Header(chain_id=31_337, registry=0xA11CE, consumer=0xB0B, sequence=7, valid_until=9)


class Verdict(Enum):
    """What became of a lie."""

    REFUSED = "refused"
    HARMLESS = "accepted with the honest words"
    ANOTHER_MARKET = "accepted, true of another market"
    FORGED = "accepted, and false"


@dataclass(frozen=True)
class Lie:
    """A way to cheat: claims replaced by a liar, functions of the prover replaced by patches."""

    name: str
    liar: Liar = field(default=lambda path, arrays: arrays)
    patches: tuple[tuple[Any, str, Any], ...] = ()

    def told(self, reading: Reading) -> Reading:
        """The reading under which the prover lies; builders never see it."""
        return replace(reading, patches=(*reading.patches, *self.patches))


@dataclass
class _Watch:
    """Notices whether a lie changed anything it was shown."""

    liar: Liar
    seen: list[tuple[str, tuple[IntegerArray, ...]]] = field(default_factory=list)

    def __call__(self, path: str, arrays: tuple[IntegerArray, ...]) -> tuple[IntegerArray, ...]:
        claimed = self.liar(path, arrays)
        self.seen.append((path, tuple(np.copy(array) for array in claimed)))
        return claimed


@dataclass(frozen=True)
class Outcome:
    """A verdict with the constraints that refused, and whether the lie was one at all."""

    verdict: Verdict
    violations: tuple[str, ...]
    words: tuple[int, ...]
    told: bool


def try_lie(
    statement: OptionMarks,
    header: Header,
    market: Market,
    lie: Lie,
    reading: Reading = PRODUCT,
    inputs: Inputs | None = None,
) -> Outcome:
    """Let a prover lie about a market and judge what the circuit makes of it."""
    honest_inputs = market_inputs(statement, header, market)
    honest_watch, honest_words = _honest(statement, header, market, reading)
    watch = _Watch(lie.liar)
    made = witness(statement, inputs or honest_inputs, watch, lie.told(reading))
    violations = tuple(circuit(statement, reading).violations(respond(made)))
    told = not _same_claims(watch, honest_watch)
    if violations:
        verdict = Verdict.REFUSED
    elif made.words == honest_words:
        verdict = Verdict.HARMLESS
    elif are_true(statement, made.words):
        verdict = Verdict.ANOTHER_MARKET
    else:
        verdict = Verdict.FORGED
    return Outcome(verdict, violations, made.words, told)


@cache
def _honest(
    statement: OptionMarks, header: Header, market: Market, reading: Reading
) -> tuple[_Watch, tuple[int, ...]]:
    watch = _Watch(lambda _, arrays: arrays)
    made = witness(statement, market_inputs(statement, header, market), watch, reading)
    return watch, made.words


def find_violations(
    statement: OptionMarks, header: Header, market: Market, liar: Liar | None = None
) -> list[str]:
    """Paths of the constraints that a (lying) witness breaks."""
    made = witness(statement, market_inputs(statement, header, market), liar)
    return circuit(statement).violations(respond(made))


def assert_provable(statement: OptionMarks, header: Header, market: Market) -> None:
    """The honest witness satisfies the circuit, and its words are the model's, read back alike."""
    made = statement.witness(header, market)
    found = circuit(statement).violations(respond(made))
    assert not found, f"unprovable: {found}"
    marks = evaluate(market, statement.profile)
    prices = [mark.price_atoms for mark in marks]
    expected = encode_words(header, market, prices, statement.shape)
    if statement.greeks:
        expected += greek_words(market, marks, statement.shape)
    assert made.words == expected
    assert len(made.words) == statement.description.word_count
    read = decode_words(expected[: word_count(statement.shape)], statement.shape)
    assert (read.header, list(read.price_atoms)) == (header, prices)
    assert read.market.option_count == market.option_count


def greek_words(market: Market, marks: Sequence[Mark], shape: Shape) -> tuple[int, ...]:
    """delta (42, biased) | gamma (85) | vega (56), then theta (70, biased) | -rho (71)."""
    greeks = [marks[source].greeks for source in lane_sources(market, shape)]
    spot = [((g.delta + (1 << 41)) << 141) | (g.gamma << 56) | g.vega for g in greeks]
    time = [((g.theta + (1 << 69)) << 71) | -g.rho for g in greeks]
    return (*spot, *time)


def assert_statement(
    statement: OptionMarks,
    *,
    valid: Sequence[Market],
    lies: Sequence[Lie] = (),
    header: Header = HEADER,
    must_refuse: bool = False,
) -> Counter[Verdict]:
    """Every valid market is provable; no lie about it proves something false.

    With `must_refuse` every lie that changes a claim has to break a constraint. A lie that never
    changes a claim, for any market, is a broken test and fails.
    """
    counts: Counter[Verdict] = Counter()
    for market in valid:
        assert_provable(statement, header, market)
    for lie in lies:
        told = False
        for market in valid:
            outcome = try_lie(statement, header, market, lie)
            told |= outcome.told
            assert outcome.verdict is not Verdict.FORGED, f"{lie.name} proved {outcome.words}"
            if must_refuse and outcome.told:
                assert outcome.verdict is Verdict.REFUSED, f"{lie.name}: {outcome.verdict.value}"
            counts[outcome.verdict] += outcome.told
        assert told, f"the lie {lie.name!r} changed no claim"
    return counts


def _same_claims(a: _Watch, b: _Watch) -> bool:
    if len(a.seen) != len(b.seen):
        return False
    return all(
        path == other and all(np.array_equal(x, y) for x, y in zip(xs, ys, strict=True))
        for (path, xs), (other, ys) in zip(a.seen, b.seen, strict=True)
    )
