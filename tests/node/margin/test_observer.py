"""The demonstration's search for leaks finds one where there is one."""

from __future__ import annotations

import pytest

from circuits.statements.portfolio_margin import Kind
from node.attestations import Attestation
from node.chain import development_account
from node.demo.margin.observer import in_words
from node.margin import BookOpening, OwnerSecret, margin_statement
from prover import StatementIdentity
from tests.node.margin.books import ACCOUNT, PARAMETERS, quoted, shipped_book

OPENED = BookOpening.new(shipped_book(), ACCOUNT, 1, OwnerSecret.of(development_account("owner")))


def attestation(*words: int) -> Attestation:
    statement = margin_statement(Kind.COVERED, quoted().market, PARAMETERS)
    return Attestation(bytes(32), StatementIdentity.of(statement.description), words, bytes(320))


@pytest.mark.parametrize(
    ("word", "name"),
    [
        (OPENED.book.legs[5].packed, "leg 5"),
        (OPENED.opening.salt, "salt"),
        (OPENED.book.packed_cash, "cash"),
        (OPENED.book.linear.packed, "linear"),
    ],
)
def test_a_private_word_is_found(word: int, name: str) -> None:
    assert name in in_words([attestation(1, word)], OPENED)


def test_a_commitment_is_none() -> None:
    assert in_words([attestation(OPENED.commitment(), 5)], OPENED) == []
