"""Proofs about hidden books, made in the owner's process: no node ever sees the book.

Words say how large the circuit is. Private statements use 128 slots unless told otherwise, so that
nobody learns the size class of a book; smaller circuits prove faster.
"""

from __future__ import annotations

from dataclasses import dataclass

from circuits.statements.header import Header
from circuits.statements.packing import ceil_div
from circuits.statements.portfolio_margin import (
    Breach,
    Claim,
    Covered,
    InputError,
    Kind,
    Level,
    MarginMarket,
    MarginParameters,
    MarginShape,
    Open,
    Requirement,
    Scene,
)
from circuits.statements.portfolio_margin.statement import Evidence, PortfolioMargin
from circuits.statements.portfolio_margin.units import LEAVES
from node.attestations import Attestation, ProvingTimes, attest
from node.margin.errors import BookRefused, ClaimRefused
from node.margin.opening import BookOpening
from node.margin.refusing import quietly
from node.margin.valuation import MarginSheet, Valuer
from prover import Engine, ProvingKey, lane_numbers

PRODUCT_SLOTS = (16, 32, LEAVES)
"""Slots of the circuits in use; only the last says nothing of the number of legs."""


@dataclass(frozen=True)
class MarginRequest:
    """What to show, to whom: the header names chain, registry, consumer, sequence and expiry.

    `collateral` is W, in units of the settlement token; a requirement has none.
    """

    kind: Kind
    header: Header
    level: Level = Level.MAINTENANCE
    collateral: int = 0


def margin_statement(
    kind: Kind, market: MarginMarket, parameters: MarginParameters, slots: int = LEAVES
) -> PortfolioMargin:
    """The statement whose key proves this kind in this form of market."""
    return PortfolioMargin(MarginShape(kind, slots, len(parameters.rows), market.form))


def prove_margin(
    request: MarginRequest,
    opened: BookOpening,
    valuer: Valuer,
    key: ProvingKey,
    engine: Engine,
    *,
    slots: int = LEAVES,
) -> tuple[Attestation, ProvingTimes]:
    """The attestation, verified before it is returned; `key` is of margin_statement(…, slots).

    Raises ClaimRefused where the claim is false or the book too large for the circuit, BookRefused,
    and ProvingFailedError for a fault of ours. No message holds anything of the book.
    """
    market, parameters = valuer.market, valuer.parameters
    if len(opened.book.legs) > slots:
        raise ClaimRefused(f"the book does not fit a circuit of {slots} slots; use {LEAVES}")
    claim = claim_of(request, opened, valuer)
    statement = margin_statement(request.kind, market, parameters, slots)
    evidence = Evidence(opened.book, market, parameters, opened.opening)
    return quietly(
        lambda: attest(
            lambda: statement.witness(claim, evidence, numbers=lane_numbers()), key, engine
        ),
        lambda kind: BookRefused(
            f"nothing was proven ({kind}); check the files with `proofmark margin show`"
        ),
    )


def claim_of(request: MarginRequest, opened: BookOpening, valuer: Valuer) -> Claim:
    """The claim that holds, with the bound or the requirement computed; ClaimRefused, BookRefused.

    Asked alone it says at once whether there is anything to prove; no key is needed.
    """
    scene = _scene(request, opened, valuer)
    collateral = 0 if request.kind is Kind.REQUIREMENT else request.collateral
    sheet = valuer.quote(opened.book, collateral)
    if request.kind is Kind.BREACH and request.level is Level.INITIAL:
        raise ClaimRefused("a breach is of the maintenance margin: level initial is refused")
    if not _holds(request, sheet):
        raise ClaimRefused(
            f"{request.kind.value} does not hold at level {request.level.name.lower()} in this"
            " snapshot with this collateral; nothing was proven"
        )
    commitment = opened.commitment()
    match request.kind:
        case Kind.COVERED:
            return Covered(scene, commitment, collateral)
        case Kind.BREACH:
            return Breach(scene, commitment, collateral, equity_bound(sheet, valuer.parameters))
        case Kind.REQUIREMENT:
            needed = requirement(_margin(request, sheet), valuer.parameters)
            return Requirement(scene, commitment, needed)
        case Kind.OPEN:
            return Open(scene, collateral, opened.book)


def _margin(request: MarginRequest, sheet: MarginSheet) -> int:
    return sheet.initial if request.level is Level.INITIAL else sheet.maintenance


def _holds(request: MarginRequest, sheet: MarginSheet) -> bool:
    if request.kind is Kind.REQUIREMENT:
        return True
    return (_margin(request, sheet) < 0) is (request.kind is Kind.BREACH)


def requirement(margin: int, parameters: MarginParameters) -> int:
    """The least multiple of the step, in units of the token, that lifts a margin to 0."""
    step = parameters.requirement_step
    return ceil_div(max(0, -margin), step * parameters.collateral_unit) * step


def equity_bound(sheet: MarginSheet, parameters: MarginParameters) -> int:
    """Q: units of the token worth at least the equity, in two digits; 0 where there is none."""
    return -_leading_digits(min(0, -sheet.equity // parameters.collateral_unit))


def breach_headroom(sheet: MarginSheet, parameters: MarginParameters, held: int = 0) -> int:
    """W for the breach of an account that holds so much collateral, from its sheet at W = 0.

    What is held, and as much of the missing margin as two digits say: with it the maintenance
    margin stays negative until somebody deposits that much. ClaimRefused where there is no breach.
    """
    largest = (-sheet.maintenance - 1) // parameters.collateral_unit
    if largest < held:
        raise ClaimRefused("there is no breach in this snapshot")
    return held + _leading_digits(largest - held)


def _leading_digits(number: int, digits: int = 2) -> int:
    """The number rounded down to so many decimal digits: a word says no more than it must.

    All digits of an equity or a missing margin would let a guess of a small book be checked.
    """
    step: int = 10 ** max(0, len(str(abs(number))) - digits)
    return number // step * step


def _scene(request: MarginRequest, opened: BookOpening, valuer: Valuer) -> Scene:
    market = valuer.market
    if request.header.consumer != opened.opening.group:
        raise ClaimRefused(
            f"the commitment is for consumer 0x{opened.opening.group:040x}, the request for"
            f" 0x{request.header.consumer:040x}"
        )
    try:
        return Scene(
            header=request.header,
            account_id=opened.opening.account_id,
            parameters_digest=valuer.parameters.digest(),
            market_digest=market.digest(),
            snapshot_unix=market.snapshot_unix,
            level=request.level,
            spot_ticks=market.spot_ticks,
        )
    except InputError as error:
        raise ClaimRefused(f"the request is refused: {error}") from None
