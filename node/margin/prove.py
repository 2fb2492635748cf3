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
from node.margin.errors import ClaimRefused
from node.margin.opening import BookOpening
from node.margin.valuation import MarginSheet, Valuer, refusing_quietly
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
    with refusing_quietly("nothing was proven"):
        return attest(
            lambda: statement.witness(claim, evidence, numbers=lane_numbers()), key, engine
        )


def claim_of(request: MarginRequest, opened: BookOpening, valuer: Valuer) -> Claim:
    """The claim that holds, with the bound or the requirement computed; ClaimRefused, BookRefused.

    Asked alone it says at once whether there is anything to prove; no key is needed.
    """
    scene = _scene(request, opened, valuer)
    collateral = 0 if request.kind is Kind.REQUIREMENT else request.collateral
    sheet = valuer.quote(opened.book, collateral)
    is_initial = request.level is Level.INITIAL
    margin = sheet.initial if is_initial else sheet.maintenance
    holds = margin < 0 if request.kind is Kind.BREACH else margin >= 0
    if request.kind is Kind.BREACH and is_initial:
        raise ClaimRefused("a breach is of the maintenance margin: level initial is refused")
    if request.kind is not Kind.REQUIREMENT and not holds:
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
            return Requirement(scene, commitment, requirement(margin, valuer.parameters))
        case Kind.OPEN:
            return Open(scene, collateral, opened.book)


def requirement(margin: int, parameters: MarginParameters) -> int:
    """The least multiple of the step, in units of the token, that lifts a margin to 0."""
    step = parameters.requirement_step
    return ceil_div(max(0, -margin), step * parameters.collateral_unit) * step


def equity_bound(sheet: MarginSheet, parameters: MarginParameters) -> int:
    """Q: units of the token worth at least the equity; 0 where there is none."""
    return max(0, -(-sheet.equity // parameters.collateral_unit))


def breach_headroom(sheet: MarginSheet, parameters: MarginParameters) -> int:
    """The most collateral with which the maintenance margin of a sheet at W = 0 stays negative.

    A breach proven with it holds until somebody deposits the missing margin itself. ClaimRefused
    where there is no breach.
    """
    if sheet.maintenance >= 0:
        raise ClaimRefused("there is no breach in this snapshot")
    return (-sheet.maintenance - 1) // parameters.collateral_unit


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
