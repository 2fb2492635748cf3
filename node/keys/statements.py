"""From a statement's description (as keys and files carry it) back to the statement."""

from __future__ import annotations

import json
from typing import Protocol

from circuits.profile import PROFILES, Profile
from circuits.r1cs import R1CS
from circuits.statements.description import StatementDescription
from circuits.statements.option_marks import InputError, OptionMarks, Shape
from circuits.statements.option_marks.inputs import LANES, PRODUCT_SHAPES
from circuits.statements.portfolio_margin import Kind, MarginShape, VolatilityForm
from circuits.statements.portfolio_margin.statement import PortfolioMargin
from node.keys.errors import UnknownStatementError
from prover.identity import StatementDescription as DescriptionLike

_LONGEST_PARAMETERS = 1_000


class Statement(Protocol):
    """What a key is made for; hashable, so that its digest is computed once."""

    def __hash__(self) -> int:
        """Equal statements hash alike."""

    @property
    def profile(self) -> Profile:
        """Widths; says whether the statement may be served."""

    @property
    def description(self) -> StatementDescription:
        """Identity of the statement."""

    def r1cs(self) -> R1CS:
        """Its constraint system."""


KnownStatement = OptionMarks | PortfolioMargin
"""Statements this program defines."""


def statement_of(description: DescriptionLike) -> KnownStatement:
    """The statement that has exactly this description; UnknownStatementError."""
    try:
        statement = _parse(description)
    except (ValueError, KeyError, TypeError, RecursionError, InputError) as error:
        raise _unknown(description) from error
    own = statement.description
    if (own.name, own.version, own.parameters, own.word_count) != (
        description.name,
        description.version,
        description.parameters,
        description.word_count,
    ):
        raise _unknown(description)
    return statement


def named_profile(description: DescriptionLike) -> Profile | None:
    """The profile that a description names, of whatever statement; None for none we know."""
    try:
        parameters = json.loads(description.parameters[:_LONGEST_PARAMETERS])
        return PROFILES.get(parameters["profile"])
    except (ValueError, KeyError, TypeError, RecursionError):
        return None


def statement_title(statement: KnownStatement) -> str:
    """The statement for people."""
    if isinstance(statement, PortfolioMargin):
        margin = statement.shape
        return (
            f"portfolio_margin {margin.kind.value}, {margin.slots} slots, {margin.rows} rows,"
            f" {margin.form.name.lower()} volatilities, profile {margin.profile.name}"
        )
    greeks = " with Greeks" if statement.greeks else ""
    shape = statement.shape
    return (
        f"option_marks{greeks}, {shape.capacity:,} options"
        f" ({shape.groups} x {shape.lanes}), profile {statement.profile.name}"
    )


def shape_of_capacity(capacity: int) -> Shape:
    """The shape of groups of 16 for a number of options; ValueError names what is allowed."""
    largest = PRODUCT_SHAPES[-1].capacity
    if capacity % LANES or not 0 < capacity <= largest:
        usual = ", ".join(str(shape.capacity) for shape in PRODUCT_SHAPES)
        raise ValueError(
            f"{capacity} is no capacity, expected a multiple of {LANES} up to {largest};"
            f" usual are {usual}"
        )
    return Shape(capacity // LANES)


def _parse(description: DescriptionLike) -> KnownStatement:
    if len(description.parameters) > _LONGEST_PARAMETERS:
        raise ValueError(description.name)
    parameters = json.loads(description.parameters)
    if description.name == "portfolio_margin":
        return PortfolioMargin(
            MarginShape(
                kind=Kind(parameters["kind"]),
                slots=parameters["slots"],
                rows=parameters["rows"],
                form=VolatilityForm[parameters["volatility"].upper()],
                profile=PROFILES[parameters["profile"]],
            )
        )
    if description.name != "option_marks":
        raise ValueError(description.name)
    return OptionMarks(
        shape=Shape(parameters["groups"], parameters["lanes"]),
        profile=PROFILES[parameters["profile"]],
        greeks=parameters["greeks"] is True,
    )


def _unknown(description: DescriptionLike) -> UnknownStatementError:
    parameters = description.parameters[:100].decode("ascii", "replace")
    return UnknownStatementError(
        f"unknown statement {description.name[:40]!r} version {description.version} with"
        f" {description.word_count} words and parameters {parameters!r}, expected"
        " option_marks or portfolio_margin version 1; a newer proofmark may know it"
    )
