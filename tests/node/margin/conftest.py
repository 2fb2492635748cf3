"""Development keys of small circuits, made once for all tests of the owner's side."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import pytest

from circuits.statements.portfolio_margin import Kind
from node.keys import KeyStore
from node.margin import margin_statement
from prover import ProvingKey, default_engine
from tests.node.margin.books import PARAMETERS, quoted

SLOTS = 16


@pytest.fixture(scope="session")
def keys(tmp_path_factory: pytest.TempPathFactory) -> KeyStore:
    """An empty key store that fills as tests ask."""
    if default_engine().name != "native":
        pytest.skip("the circuits of portfolio margin need the native engine")
    return KeyStore(tmp_path_factory.mktemp("margin") / "keys")


@pytest.fixture(scope="session")
def key_of(keys: KeyStore) -> Callable[[Kind], ProvingKey]:
    """The key of a kind, 16 slots, the shipped market's form; its circuit is built once."""

    @cache
    def ensure(kind: Kind) -> ProvingKey:
        statement = margin_statement(kind, quoted().market, PARAMETERS, SLOTS)
        return keys.ensure_development_key(statement)

    return ensure
