"""The public words of `portfolio_margin` as the circuit sees them (layout: words.py)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from circuits.edsl.arithmetic import Arithmetic
from circuits.edsl.lanes import Lanes
from circuits.edsl.values import FieldElement, Integer
from circuits.gadgets.boolean import boolean_hint, is_zero
from circuits.statements.portfolio_margin.model.digests import open_commitment, open_digests
from circuits.statements.portfolio_margin.model.margin import Margin
from circuits.statements.portfolio_margin.model.portfolio import Portfolio
from circuits.statements.portfolio_margin.units import COLLATERAL_BITS, SPOT_FACTOR_ONE
from circuits.statements.portfolio_margin.words import Kind, MarginShape

_CONSUMER_BITS, _SEQUENCE_BITS, _VALID_BITS = 160, 48, 40
_SALT_BITS = 248
_CASH_CHECK_BITS = 196
"""|margin + W unit| < 2^189."""
_EQUITY_CHECK_BITS = 210


@dataclass(frozen=True)
class Recipient:
    """For whom a claim is: wires of words 2 and 3 that the commitment holds too."""

    consumer: Integer
    account: FieldElement


def publish_header(ar: Arithmetic, root: Lanes) -> Recipient:
    """Words 1 to 3; word 2's fields are checked, for the consumer is the commitment's group."""
    (domain,) = ar.hint("domain", root, 1, ar.input("domain"))
    ar.publish("domain", domain)
    consumer = ar.integer_hint("consumer", root, _CONSUMER_BITS, ar.input("consumer"))
    sequence = ar.integer_hint("sequence", root, _SEQUENCE_BITS, ar.input("sequence"))
    valid = ar.integer_hint("valid_until", root, _VALID_BITS, ar.input("valid_until"))
    call = (consumer * (1 << (_SEQUENCE_BITS + _VALID_BITS))).plus(
        sequence * (1 << _VALID_BITS), valid
    )
    ar.publish("call", call)
    (account,) = ar.hint("account", root, 1, ar.input("account_id"))
    ar.publish("account", account)
    return Recipient(consumer, account)


def publish_scene(ar: Arithmetic, found: Portfolio, shape: MarginShape) -> Integer:
    """Words 4 to 7; returns the level's bit: 1 for initial."""
    root, head = found.root, found.market.values
    digests = open_digests(ar, root, found.governed.elements, found.market_elements(ar))
    for name, digest in zip(("parameters", "market"), digests, strict=True):
        ar.publish(name, digest)
    initial = ar.constant(root, 0)
    if shape.kind is not Kind.BREACH:
        initial = boolean_hint(ar, "is_initial", root, ar.input("is_initial"))
    snapshot = (head["snapshot_unix"] * (1 << 40)).plus(
        initial.plus(1) * (1 << 32), shape.slots * (1 << 16) + shape.rows
    )
    ar.publish("snapshot", snapshot)
    ar.publish("spot", head["spot_ticks"])
    return initial


def publish_claim(
    ar: Arithmetic, found: Portfolio, shape: MarginShape, recipient: Recipient, margin: Margin
) -> None:
    """The commitment or the book, and what is claimed of its margin."""
    root, holdings = found.root, found.holdings
    if shape.kind is not Kind.OPEN:
        salt = ar.integer_hint("salt", root, _SALT_BITS, ar.input("salt"))
        settled = ar.field_constant(root, 0)
        head: Sequence[FieldElement] = (recipient.consumer, recipient.account, settled, salt)
        ar.publish("commitment", open_commitment(ar, root, found.legs, holdings, head))
    publish_standing(ar, found, shape.kind, margin)
    if shape.kind is Kind.OPEN:
        ar.publish("legs", found.legs.packed)
        ar.publish("linear", holdings.packed_linear)
        ar.publish("cash", holdings.packed_cash)


def publish_standing(ar: Arithmetic, found: Portfolio, kind: Kind, margin: Margin) -> None:
    """Where the margin stands, by kind: the collateral W, the requirement, the bound Q."""
    if kind is Kind.REQUIREMENT:
        _publish_requirement(ar, found, margin)
        return
    root, unit = found.root, found.governed.values["collateral_unit"]
    collateral = ar.integer_hint("collateral", root, COLLATERAL_BITS, ar.input("collateral"))
    ar.publish("collateral", collateral)
    added = ar.product("collateral_atoms", collateral, unit)
    whole = margin.margin.plus(added)
    if kind is Kind.BREACH:
        assert_negative(ar, whole)
        _publish_equity(ar, root, unit, margin.equity.plus(added * SPOT_FACTOR_ONE))
    else:
        assert_covered(ar, whole)


def assert_covered(ar: Arithmetic, margin: Integer) -> None:
    """margin >= 0."""
    ar.range_check("covered", margin, _CASH_CHECK_BITS)


def assert_negative(ar: Arithmetic, margin: Integer) -> None:
    """margin < 0: of one integer, this or the other holds, never both."""
    ar.range_check("breach", (-margin).minus(1), _CASH_CHECK_BITS)


def _publish_equity(ar: Arithmetic, root: Lanes, unit: Integer, equity: Integer) -> None:
    """Q: units that are worth at least the equity."""
    bound = ar.integer_hint("equity_bound", root, COLLATERAL_BITS, ar.input("equity_bound"))
    ar.publish("equity_bound", bound)
    worth = ar.product("equity_bound_atoms", bound, unit) * SPOT_FACTOR_ONE
    ar.range_check("equity", worth.minus(equity), _EQUITY_CHECK_BITS)


def _publish_requirement(ar: Arithmetic, found: Portfolio, margin: Margin) -> None:
    """The least multiple of the step with margin >= 0: one step less leaves it negative.

    With no step at all nothing less is left to refuse; that case alone skips the second check.
    """
    root, values = found.root, found.governed.values
    steps = ar.integer_hint("steps", root, COLLATERAL_BITS, ar.input("requirement_steps"))
    units = ar.product("units", steps, values["requirement_step"])
    requirement = ar.range_check("requirement", units, COLLATERAL_BITS)
    ar.publish("requirement", requirement)
    covered = margin.margin.plus(ar.product("atoms", requirement, values["collateral_unit"]))
    assert_covered(ar, covered)
    none = is_zero(ar, "no_step", steps)
    step = ar.product("step_atoms", values["requirement_step"], values["collateral_unit"])
    short = step.minus(covered, 1)
    ar.range_check("least", ar.product("short", (-none).plus(1), short), _CASH_CHECK_BITS)
