"""`portfolio_margin`: covered, breach, requirement and open, for one shape."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from circuits.challenge_round import StatementWitness, build
from circuits.edsl.arithmetic import Arithmetic
from circuits.edsl.assumptions import Assumption
from circuits.edsl.builder import CircuitBuilder
from circuits.edsl.evaluation import Liar, WitnessArithmetic
from circuits.edsl.numbers import Numbers
from circuits.edsl.python_numbers import PythonNumbers
from circuits.profile import R14, Profile
from circuits.r1cs import R1CS
from circuits.statements.description import StatementDescription
from circuits.statements.header import pack_header
from circuits.statements.packing import ceil_div
from circuits.statements.portfolio_margin.admission import check_provable
from circuits.statements.portfolio_margin.arrays import (
    Arrays,
    book_arrays,
    market_arrays,
    parameter_arrays,
)
from circuits.statements.portfolio_margin.book import Book
from circuits.statements.portfolio_margin.commitment import CHUNK_LEAVES, Opening
from circuits.statements.portfolio_margin.errors import UnprovableError
from circuits.statements.portfolio_margin.hidden import Hidden
from circuits.statements.portfolio_margin.market import MarginMarket
from circuits.statements.portfolio_margin.model.margin import Margin
from circuits.statements.portfolio_margin.model.portfolio import Portfolio, define_portfolio
from circuits.statements.portfolio_margin.parameters import MarginParameters
from circuits.statements.portfolio_margin.publish import (
    publish_claim,
    publish_header,
    publish_scene,
)
from circuits.statements.portfolio_margin.units import SPOT_FACTOR_ONE
from circuits.statements.portfolio_margin.words import (
    Breach,
    Claim,
    Level,
    MarginShape,
    Open,
    Requirement,
    encode_words,
)


@dataclass(frozen=True, repr=False)
class Evidence(Hidden):
    """What a claim is about, in the open: book, market, parameters, and how the book is committed.

    `opening` is not read for an `Open` claim.
    """

    book: Book
    market: MarginMarket
    parameters: MarginParameters
    opening: Opening | None = None


@dataclass(frozen=True)
class PortfolioMargin:
    """The statement for one shape (profile R14)."""

    shape: MarginShape

    def __post_init__(self) -> None:
        slots = self.shape.slots
        if self.shape.profile is not R14:
            raise ValueError(f"profile {self.shape.profile.name}, expected R14")
        if slots > CHUNK_LEAVES and slots % CHUNK_LEAVES:
            raise ValueError(f"{slots} slots, expected at most 16 or a multiple of 16")

    @property
    def profile(self) -> Profile:
        """Widths; says whether the statement may be served."""
        return self.shape.profile

    @property
    def description(self) -> StatementDescription:
        """Identity of the statement."""
        return self.shape.description

    def r1cs(self) -> R1CS:
        """The constraint system."""
        return build(self.trace())

    def trace(self) -> CircuitBuilder:
        """The builder after `define`, before the challenge round closes it."""
        builder = CircuitBuilder(R14.limb_bits)
        _define(builder, self.shape)
        return builder

    @cached_property
    def assumptions(self) -> tuple[Assumption, ...]:
        """Every argument the types do not carry, with its must-fail test."""
        return tuple(self.trace().assumptions)

    def witness(
        self, claim: Claim, evidence: Evidence, numbers: Numbers | None = None
    ) -> StatementWitness:
        """Both phases of the assignment.

        Raises UnprovableError where the evidence does not show the claim, and UnprovableError or
        SliceError where a margin is not defined.
        """
        expected = encode_words(claim, self.shape)
        book, parameters = _book_of(claim, evidence), evidence.parameters
        check_provable(book, evidence.market, parameters)
        inputs = claim_arrays(claim, evidence, self.shape)
        made, margin = self._read(inputs, None, numbers)
        if made.words != expected:
            at = next(
                i
                for i, pair in enumerate(zip(made.words, expected, strict=True), 1)
                if pair[0] != pair[1]
            )
            raise UnprovableError(f"word {at} of the claim is not what the evidence says")
        if not _is_shown(claim, margin, parameters):
            raise UnprovableError(f"the margin of the book does not show {self.shape.kind}")
        return made

    def assign(
        self, inputs: Arrays, liar: Liar | None = None, numbers: Numbers | None = None
    ) -> StatementWitness:
        """The assignment for named inputs, honest or not; nothing is refused here."""
        return self._read(inputs, liar, numbers)[0]

    def _read(
        self, inputs: Arrays, liar: Liar | None, numbers: Numbers | None
    ) -> tuple[StatementWitness, Margin]:
        witness = WitnessArithmetic(
            R14.limb_bits, numbers or PythonNumbers(), inputs=inputs, liar=liar
        )
        _, margin = _define(witness, self.shape)
        return StatementWitness(witness), margin


def claim_arrays(claim: Claim, evidence: Evidence, shape: MarginShape) -> Arrays:
    """All named inputs of a claim."""
    scene, parameters = claim.scene, evidence.parameters
    book = _book_of(claim, evidence)
    header = scene.header
    arrays = (
        parameter_arrays(parameters)
        | market_arrays(evidence.market)
        | book_arrays(book, shape.slots)
    )
    single = {
        "domain": pack_header(header)[0],
        "consumer": header.consumer,
        "sequence": header.sequence,
        "valid_until": header.valid_until,
        "account_id": scene.account_id,
        "is_initial": int(scene.level is Level.INITIAL),
        "salt": evidence.opening.salt if evidence.opening else 0,
    }
    if isinstance(claim, Requirement):
        single["requirement_steps"] = ceil_div(claim.requirement, parameters.requirement_step)
    else:
        single["collateral"] = claim.collateral
    if isinstance(claim, Breach):
        single["equity_bound"] = claim.equity_bound
    return arrays | {name: [value] for name, value in single.items()}


def _book_of(claim: Claim, evidence: Evidence) -> Book:
    return claim.book if isinstance(claim, Open) else evidence.book


def _is_shown(claim: Claim, margin: Margin, parameters: MarginParameters) -> bool:
    """What publish.py constrains: a witness of anything else would make a proof nobody accepts."""
    whole, equity = (int(each.payload[0]) for each in (margin.margin, margin.equity))
    unit = parameters.collateral_unit
    if isinstance(claim, Requirement):
        covered = whole + claim.requirement * unit
        step = parameters.requirement_step * unit
        return covered >= 0 and (claim.requirement == 0 or covered < step)
    added = claim.collateral * unit
    if isinstance(claim, Breach):
        worth = claim.equity_bound * unit * SPOT_FACTOR_ONE
        return whole + added < 0 and worth >= equity + added * SPOT_FACTOR_ONE
    return whole + added >= 0


def _define(ar: Arithmetic, shape: MarginShape) -> tuple[Portfolio, Margin]:
    found = define_portfolio(ar, R14, shape.slots, shape.rows, shape.form)
    with ar.scope("words"):
        recipient = publish_header(ar, found.root)
        initial = publish_scene(ar, found, shape)
    margin = found.margin(ar, initial)
    with ar.scope("words"):
        publish_claim(ar, found, shape, recipient, margin)
    return found, margin
