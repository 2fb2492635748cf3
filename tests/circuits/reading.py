"""How a test reads a statement: with the product's readings, or with a weakened twin's."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from functools import cache
from typing import Any
from unittest.mock import patch

from circuits.challenge_round import StatementWitness, build
from circuits.edsl import CircuitBuilder, IntegerArray, Liar, WitnessArithmetic, integer_array
from circuits.r1cs import R1CS, Assignment
from circuits.statements.option_marks import Header, Market, OptionMarks
from circuits.statements.option_marks import statement as statement_module

#: Any field element the prover could not know beforehand.
CHALLENGE = 0x1D3C2B1A0F9E8D7C6B5A49382716051423324150607788990A0B0C0D0E0F101 >> 1

Inputs = Mapping[str, IntegerArray]


@dataclass(frozen=True)
class Reading:
    """The classes that build and compute, and module attributes replaced meanwhile.

    `patches` are (module, attribute, replacement); a twin uses them to leave a check out of both
    readings, an attack to change what the prover claims.
    """

    name: str = "product"
    builder: type[CircuitBuilder] = CircuitBuilder
    witness: type[WitnessArithmetic] = WitnessArithmetic
    patches: tuple[tuple[Any, str, Any], ...] = ()

    def patched(self) -> ExitStack:
        """Replace the attributes until the stack closes."""
        stack = ExitStack()
        for module, attribute, replacement in self.patches:
            stack.enter_context(patch.object(module, attribute, replacement))
        return stack


PRODUCT = Reading()


@cache
def circuit(statement: OptionMarks, reading: Reading = PRODUCT) -> R1CS:
    """The statement's constraint system."""
    with reading.patched():
        builder = reading.builder(statement.profile.limb_bits)
        statement_module._define(builder, statement)
        return build(builder)


def market_inputs(statement: OptionMarks, header: Header, market: Market) -> Inputs:
    """The named inputs of a market, padded to the statement's shape."""
    lists = statement_module._inputs(market, statement.shape)
    lists |= statement_module._header_inputs(header, market)
    return {name: integer_array(values) for name, values in lists.items()}


def witness(
    statement: OptionMarks,
    inputs: Inputs,
    liar: Liar | None = None,
    reading: Reading = PRODUCT,
) -> StatementWitness:
    """Both phases of the prover, honest or not."""
    with reading.patched():
        arithmetic = reading.witness(statement.profile.limb_bits, inputs=inputs, liar=liar)
        statement_module._define(arithmetic, statement)
        return StatementWitness(arithmetic)


def respond(made: StatementWitness, challenge: int = CHALLENGE) -> Assignment:
    """The assignment after the challenge."""
    fingerprint, private = made.respond(challenge)
    return Assignment(challenge, fingerprint, made.committed(), private)
