"""Circuits of a few lines, closed and answered like a statement."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from circuits.challenge_round import StatementWitness, build
from circuits.edsl import Arithmetic, CircuitBuilder, Lanes, Liar, WitnessArithmetic, integer_array
from circuits.r1cs import R1CS
from tests.circuits.reading import CHALLENGE, respond

Define = Callable[[Arithmetic, Lanes], None]


@dataclass(frozen=True)
class Toy:
    """A definition over one root space; it must publish at least one word."""

    define: Define
    limb_bits: int = 4
    builder: type[CircuitBuilder] = CircuitBuilder
    witness: type[WitnessArithmetic] = WitnessArithmetic

    def trace(self) -> CircuitBuilder:
        """The builder after the first phase."""
        builder = self.builder(self.limb_bits)
        self.define(builder, builder.lanes("root", 1))
        return builder

    def r1cs(self) -> R1CS:
        """The closed circuit."""
        return build(self.trace())

    def prove(
        self,
        inputs: Mapping[str, Sequence[int]],
        liar: Liar | None = None,
        challenge: int = CHALLENGE,
    ) -> tuple[list[str], tuple[int, ...]]:
        """Violated constraints and public words of a prover."""
        arrays = {name: integer_array(values) for name, values in inputs.items()}
        arithmetic = self.witness(self.limb_bits, inputs=arrays, liar=liar)
        self.define(arithmetic, arithmetic.lanes("root", 1))
        made = StatementWitness(arithmetic)
        return self.r1cs().violations(respond(made, challenge)), made.words
