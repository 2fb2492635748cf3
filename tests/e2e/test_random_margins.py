"""Random books: one of covered and breach is provable, and the circuit's numbers are the integers'.

`PROOFMARK_TEST_SCALE=full python -m pytest -s tests/e2e/test_random_margins.py` reads 100,000
books in two processes and prints how many it read.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from multiprocessing import get_context
from random import Random

import pytest

from circuits.challenge_round import StatementWitness
from circuits.edsl import Numbers, PythonNumbers, WitnessArithmetic
from circuits.profile import R14
from circuits.statements.portfolio_margin import (
    Kind,
    Level,
    MarginShape,
    encode_words,
)
from circuits.statements.portfolio_margin.quote import MarginQuote, quote_margin
from circuits.statements.portfolio_margin.statement import Evidence, _define, claim_arrays
from prover import lane_numbers
from tests.circuits.statements.margin.standing import faults
from tests.circuits.statements.margin.statements import ROWS, claim, evidence, violations
from tests.circuits.statements.margin.wide_books import Case, wide_case
from tests.scale import FULL

BOOKS = 100_000 if FULL else 300
CHUNK = 250
REPORTED = 5_000
READ_BY_ALL = 2_000 if FULL else 8
IN_THE_CIRCUIT = 60 if FULL else 3
NATIVE = lane_numbers() or PythonNumbers()


def faults_among(seeds: range) -> list[str]:
    """What is wrong with the books of these seeds."""
    return [f"book {seed}: {text}" for seed in seeds for text in faults(wide_case(seed), NATIVE)]


def test_one_of_covered_and_breach_is_provable_for_every_book() -> None:
    """At the exact bound, one unit beside it, anywhere; and one requirement at both levels."""
    start = time.monotonic()
    chunks = [range(first, min(first + CHUNK, BOOKS)) for first in range(0, BOOKS, CHUNK)]
    found: list[str] = []
    for chunk, texts in zip(chunks, _mapped(chunks), strict=True):
        found += texts
        if chunk.stop % REPORTED == 0 or chunk.stop == BOOKS:
            spent = time.monotonic() - start
            print(f"{chunk.stop} books: {len(found)} faults, {spent:.0f} s", flush=True)
    assert found == []


def _mapped(chunks: list[range]) -> Iterator[list[str]]:
    if not FULL:
        yield from map(faults_among, chunks)
        return
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool:
        yield from pool.map(faults_among, chunks)


def evidence_of(case: Case) -> Evidence:
    return evidence(case.book, case.market, case.parameters)


def a_kind(random: Random, quote: MarginQuote) -> tuple[Kind, Level]:
    """Any kind and level that this book can show."""
    kind = random.choice(list(Kind))
    if kind is not Kind.BREACH:
        return kind, random.choice(list(Level))
    return (kind if quote.maintenance < 0 else Kind.COVERED), Level.MAINTENANCE


def read(case: Case, shape: MarginShape, level: Level, numbers: Numbers) -> StatementWitness:
    """The circuit's prover, after all it has found was compared with the integer model's."""
    quote = quote_margin(case.book, case.market, case.parameters)
    told = claim(shape.kind, evidence_of(case), level, quote=quote)
    inputs = claim_arrays(told, evidence_of(case), shape)
    witness = WitnessArithmetic(R14.limb_bits, numbers, inputs=inputs)
    portfolio, margin = _define(witness, shape)
    expected = quote.maintenance if level is Level.MAINTENANCE else quote.initial
    assert int(margin.margin.payload[0]) == expected
    assert int(margin.equity.payload[0]) == quote.equity * 10_000
    profits = portfolio.profits
    for ours, theirs in (
        (profits.worst, quote.worst),
        (profits.forward_contingency, quote.forward_contingency),
        *zip(profits.rows, quote.profits, strict=True),
    ):
        assert int(ours.payload[0]) == theirs * (10**13 << 32)
    made = StatementWitness(witness)
    assert made.words == encode_words(told, shape)
    return made


@pytest.mark.parametrize("seed", range(READ_BY_ALL))
def test_the_circuit_computes_the_integers_bit_for_bit(seed: int) -> None:
    """Words, margin, equity, worst, every row, on both kinds of numbers; and every wire alike."""
    case, random = wide_case(seed), Random(seed)
    quote = quote_margin(case.book, case.market, case.parameters)
    kind, level = a_kind(random, quote)
    rows = len(case.parameters.rows)
    shape = MarginShape(kind, case.slots, rows, case.market.form)
    python, native = (read(case, shape, level, n) for n in (PythonNumbers(), NATIVE))
    assert (python.committed() == native.committed()).all()


@pytest.mark.parametrize("seed", range(IN_THE_CIRCUIT))
def test_the_constraints_take_one_of_covered_and_breach(seed: int) -> None:
    """Honest witnesses on both sides of the bound, of books of up to 4 legs and 5 rows."""
    case = wide_case(seed, most=4)
    rows = Random(seed).sample(case.parameters.rows, ROWS)
    about = evidence(case.book, case.market, replace(case.parameters, rows=tuple(rows)))
    quote = quote_margin(case.book, case.market, about.parameters)
    sides = [(Kind.COVERED, 0, True), (Kind.BREACH, 1, False)]
    if quote.maintenance < 0:
        sides += [(Kind.COVERED, -1, False), (Kind.BREACH, 0, True)]
    for kind, off, holds in sides:
        shape = MarginShape(kind, 4, ROWS, case.market.form)
        told = claim(kind, about, off=off, quote=quote)
        assert (violations(shape, told, about)[0] == []) == holds
