"""Margins proven and verified by the native engine, with witnesses of both kinds of numbers."""

from __future__ import annotations

import pytest

from circuits.statements.portfolio_margin import Kind, MarginShape
from circuits.statements.portfolio_margin.quote import quote_margin
from circuits.statements.portfolio_margin.statement import PortfolioMargin
from prover import (
    InvalidProof,
    development_toxic_waste,
    lane_numbers,
    native,
    prove,
    r1cs_digest,
    setup,
    verify,
)
from tests.circuits.statements.margin.random_books import random_case
from tests.circuits.statements.margin.statements import ROWS, claim, evidence


@pytest.mark.parametrize("kind", [Kind.COVERED, Kind.BREACH])
def test_a_margin_is_proven_and_verified(kind: Kind) -> None:
    statement = PortfolioMargin(MarginShape(kind, 4, ROWS))
    engine, about = native(), evidence()
    r1cs = statement.r1cs()
    waste = development_toxic_waste(b"margins", r1cs_digest(r1cs.canonical_bytes()))
    key = setup(r1cs, statement.description, waste, engine)
    told = claim(kind, about)
    for numbers in (None, lane_numbers()):
        witness = statement.witness(told, about, numbers)
        proof = prove(key, witness, witness.words, engine)
        verify(key.verifying_key, witness.words, proof, engine)
    beside = (*witness.words[:8], witness.words[8] + (1 if kind is Kind.BREACH else -1))
    with pytest.raises(InvalidProof):
        verify(key.verifying_key, (*beside, *witness.words[9:]), proof, engine)


@pytest.mark.parametrize("kind", list(Kind))
def test_native_numbers_give_the_same_wires(kind: Kind) -> None:
    statement, about = PortfolioMargin(MarginShape(kind, 4, ROWS)), evidence()
    told = claim(kind, about)
    python, other = (statement.witness(told, about, n) for n in (None, lane_numbers()))
    assert python.words == other.words
    assert (python.committed() == other.committed()).all()
    challenge = 3**140
    ours, theirs = python.respond(challenge), other.respond(challenge)
    assert ours[0] == theirs[0]
    assert (ours[1] == theirs[1]).all()


@pytest.mark.parametrize("seed", range(6))
def test_native_numbers_quote_the_same_margins(seed: int) -> None:
    book, market, parameters = random_case(seed, averaging=seed % 2 == 0)
    assert quote_margin(book, market, parameters) == quote_margin(
        book, market, parameters, numbers=lane_numbers()
    )
