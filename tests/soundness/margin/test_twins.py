"""Twins of portfolio_margin: without one check, a false margin is proven; with it, refused."""

from __future__ import annotations

import pytest

from circuits.statements.portfolio_margin import Kind
from tests.circuits.judge import Sites
from tests.soundness.margin import books, claims, markets, rows
from tests.soundness.margin.forgery import Forgery, Tried, attempt

FORGERIES = books.FORGERIES | markets.FORGERIES | rows.FORGERIES | claims.FORGERIES


def test_forgeries_have_names_of_their_own() -> None:
    tables = (books.FORGERIES, markets.FORGERIES, rows.FORGERIES, claims.FORGERIES)
    assert len(FORGERIES) == sum(map(len, tables))


@pytest.mark.parametrize("name", FORGERIES)
def test_the_twin_accepts_what_the_product_refuses(name: str) -> None:
    tried = attempt(FORGERIES[name])
    assert tried.product
    assert tried.twin == []
    assert tried.says_the_claim is not bool(FORGERIES[name].other)


@pytest.mark.parametrize("kind", Kind)
def test_the_honest_prover_is_believed_by_both(kind: Kind) -> None:
    """Also where the twin checks no field of a leg."""
    deaf = Sites(lookups=("leg/fields/*",), constraints=("leg/fields/*",))
    tried = attempt(Forgery(deaf, kind=kind, off=0))
    assert tried == Tried([], [], says_the_claim=True)
