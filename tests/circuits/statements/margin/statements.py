"""Statements of the margin tests: small shapes, claims about them, provers honest and not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cache, lru_cache

from circuits.challenge_round import build
from circuits.edsl import Liar
from circuits.r1cs import R1CS
from circuits.statements.portfolio_margin import (
    Book,
    Breach,
    Claim,
    Covered,
    Kind,
    Level,
    MarginMarket,
    MarginParameters,
    MarginShape,
    Open,
    Requirement,
    Scene,
    commit,
    load_shipped,
)
from circuits.statements.portfolio_margin.quote import MarginQuote, quote_margin
from circuits.statements.portfolio_margin.statement import (
    Evidence,
    PortfolioMargin,
    claim_arrays,
)
from tests.circuits.judge import Judge
from tests.circuits.reading import respond
from tests.circuits.remembered import remembered_hashes
from tests.circuits.statements.margin.examples import HEADER, OPENING, book, market

ROWS = 5
PARAMETERS = replace(
    load_shipped("derive_like_33").parameters,
    underlying=1,
    rows=tuple(load_shipped("derive_like_33").parameters.rows[i] for i in (0, 9, 20, 31, 32)),
)
OWN = replace(OPENING, group=HEADER.consumer)
MARKET = market(4)
BOOK = book(4)


@cache
def circuit(shape: MarginShape) -> R1CS:
    """The closed circuit of a shape."""
    return build(PortfolioMargin(shape).trace())


@cache
def judge(shape: MarginShape) -> Judge:
    """Who tells what the circuit of a shape refuses."""
    return Judge(circuit(shape))


@lru_cache(maxsize=256)
def claim(
    kind: Kind,
    evidence: Evidence,
    level: Level = Level.MAINTENANCE,
    *,
    off: int = 0,
    quote: MarginQuote | None = None,
) -> Claim:
    """The tightest true claim of a kind; `off` units (or steps) beside it."""
    book, market, parameters = evidence.book, evidence.market, evidence.parameters
    quote = quote or quote_margin(book, market, parameters)
    margin = quote.maintenance if level is Level.MAINTENANCE else quote.initial
    unit = parameters.collateral_unit
    needed = max(0, -(margin // unit))
    assert evidence.opening is not None
    scene = Scene(
        HEADER,
        evidence.opening.account_id,
        parameters.digest(),
        market.digest(),
        market.snapshot_unix,
        level,
        market.spot_ticks,
    )
    commitment = commit(book, evidence.opening)
    if kind is Kind.COVERED:
        return Covered(scene, commitment, needed + off)
    if kind is Kind.OPEN:
        return Open(scene, needed + off, book)
    if kind is Kind.REQUIREMENT:
        step = parameters.requirement_step
        return Requirement(scene, commitment, (-(-needed // step) + off) * step)
    collateral = needed - 1 + off
    equity = quote.equity + collateral * unit
    return Breach(scene, commitment, collateral, max(0, -(-equity // unit)))


def violations(
    shape: MarginShape,
    told: Claim,
    evidence: Evidence,
    changes: Mapping[str, Sequence[int]] | None = None,
    liar: Liar | None = None,
) -> tuple[list[str], tuple[int, ...]]:
    """What the circuit says to a prover's inputs, and the words shown."""
    inputs = claim_arrays(told, evidence, shape)
    inputs |= {name: list(values) for name, values in (changes or {}).items()}
    with remembered_hashes():
        made = PortfolioMargin(shape).assign(inputs, liar)
        return judge(shape).violations(respond(made)), made.words


def evidence(
    own: Book = BOOK,
    listing: MarginMarket = MARKET,
    parameters: MarginParameters = PARAMETERS,
) -> Evidence:
    """The usual evidence, or a changed one."""
    return Evidence(own, listing, parameters, OWN)
