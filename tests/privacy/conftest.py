"""One key of 128 slots for all tests about what is published, and an ear for what is logged."""

from __future__ import annotations

import io
import logging
from collections.abc import Callable, Iterator

import pytest
import structlog

from circuits.statements.portfolio_margin import Kind
from circuits.statements.portfolio_margin.statement import PortfolioMargin
from node.margin import margin_statement
from node.service import configure_logging
from prover import (
    ProvingKey,
    default_engine,
    development_toxic_waste,
    r1cs_digest,
    setup,
)
from tests.circuits.statements.margin.statements import MARKET, PARAMETERS
from tests.privacy.books import SLOTS
from tests.privacy.stage import Stage, open_stage


@pytest.fixture(scope="session")
def statement() -> PortfolioMargin:
    """Covered, in 128 slots."""
    if default_engine().name != "native":
        pytest.skip("the circuits of portfolio margin need the native engine")
    return margin_statement(Kind.COVERED, MARKET, PARAMETERS, SLOTS)


@pytest.fixture(scope="session")
def key(statement: PortfolioMargin) -> ProvingKey:
    """Its development key."""
    r1cs = statement.r1cs()
    waste = development_toxic_waste(b"privacy", r1cs_digest(r1cs.canonical_bytes()))
    return setup(r1cs, statement.description, waste, default_engine())


@pytest.fixture(scope="session")
def stage(statement: PortfolioMargin, key: ProvingKey) -> Stage:
    """Contracts on which every book was proven covered."""
    pytest.importorskip("eth_tester")
    return open_stage(statement, key)


@pytest.fixture(params=[True, False], ids=["json", "console"])
def heard(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[[], str]]:
    """All that this process logs at the finest level, by structlog and the standard library."""
    stream = io.StringIO()
    monkeypatch.setattr("sys.stderr", stream)
    configure_logging(as_json=request.param, level=logging.DEBUG)
    root, handler = logging.getLogger(), logging.StreamHandler(stream)
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    yield stream.getvalue
    root.setLevel(level)
    root.removeHandler(handler)
    structlog.reset_defaults()
