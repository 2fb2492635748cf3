"""The product's packing, commitments and digests are those of the committed vectors."""

from __future__ import annotations

import json
from typing import Any

import pytest
from eth_hash.auto import keccak

from circuits.field import BN254_FR
from circuits.statements.portfolio_margin import (
    Breach,
    Claim,
    Covered,
    Kind,
    MarginShape,
    Open,
    Requirement,
    commit,
    encode_words,
)
from circuits.statements.portfolio_margin.commitment import PORTFOLIO_TAG, empty_chunk, leg_chunks
from circuits.statements.portfolio_margin.market import MARKET_TAG
from circuits.statements.portfolio_margin.parameters import PARAMETERS_TAG
from tests.circuits.statements.margin.examples import OPENING, SCENE, book
from tests.vectors.make_margin_vectors import BOOKS, MARKETS, PATH, document, parameter_sets

VECTORS: dict[str, Any] = json.loads(PATH.read_text(encoding="ascii"))

CLAIMS: dict[str, Claim] = {
    "covered": Covered(SCENE, 11, 12),
    "breach": Breach(SCENE, 11, 12, 13),
    "requirement": Requirement(SCENE, 11, 14),
    "open": Open(SCENE, 12, book(3)),
}


def test_regenerating_changes_nothing() -> None:
    assert document() == VECTORS


@pytest.mark.parametrize("name", list(BOOKS))
def test_commitments(name: str) -> None:
    assert hex(commit(BOOKS[name], OPENING)) == VECTORS["commitments"][name]
    assert hex(BOOKS[name].leaves(128)[0]) == VECTORS["first_leaves"][name]


@pytest.mark.parametrize("name", list(MARKETS))
def test_market_digests(name: str) -> None:
    market = MARKETS[name]
    assert hex(market.digest()) == VECTORS["market_digests"][name]
    assert len(market.elements()) == (189 if market.series else 34)
    assert all(0 <= element < 1 << 248 for element in market.elements())


@pytest.mark.parametrize("name", list(VECTORS["parameter_digests"]))
def test_parameter_digests(name: str) -> None:
    parameters = parameter_sets()[name]
    assert hex(parameters.digest()) == VECTORS["parameter_digests"][name]
    assert len(parameters.elements()) <= 15
    assert all(0 <= element < 1 << 248 for element in parameters.elements())


@pytest.mark.parametrize("name", list(CLAIMS))
def test_words(name: str) -> None:
    shape = MarginShape(Kind(name), slots=4, rows=33)
    assert [hex(word) for word in encode_words(CLAIMS[name], shape)] == VECTORS["words"][name]


def test_tags_are_hashes_of_their_names() -> None:
    for name, tag in (
        ("portfolio", PORTFOLIO_TAG),
        ("margin_market", MARKET_TAG),
        ("margin_parameters", PARAMETERS_TAG),
    ):
        hashed = keccak(f"proofmark.{name}.v1".encode())
        assert tag == int.from_bytes(hashed, "big") % BN254_FR.modulus


def test_small_books_share_the_commitment_of_large_ones() -> None:
    """Chunks beyond the legs are one constant, so 16 slots and 128 slots open one commitment."""
    chunks = leg_chunks(book(16))
    assert chunks[1:] == (empty_chunk(),) * 7
    assert chunks[0] != empty_chunk()
    assert leg_chunks(book(17))[1] != empty_chunk()
