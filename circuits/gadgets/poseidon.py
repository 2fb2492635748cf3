"""Poseidon in the circuit: the second challenge Y of the lookups.

Powers of one challenge are not sound for several columns (reciprocals of distinct polynomials of
one variable can be linearly dependent), so Y is a hash of X.
"""

from __future__ import annotations

from circuits.edsl.arithmetic import Arithmetic
from circuits.edsl.values import FieldElement
from circuits.poseidon import PoseidonConstants, load_constants

#: keccak256("proofmark.transcript.v1") mod r; a test recomputes it.
TRANSCRIPT_TAG = 4277743512971989273568281789349449548311361275004134194025438216669878103909


def second_challenge(ar: Arithmetic, challenge: FieldElement) -> FieldElement:
    """Poseidon(challenge, transcript tag): 244 constraints."""
    constants = load_constants(3)
    lanes = challenge.lanes
    # The known words count as challenge-dependent, so that no wire is committed too late.
    capacity, tag = (
        FieldElement(ar, lanes, ar.number(lanes, value), after_challenge=True)
        for value in (0, TRANSCRIPT_TAG)
    )
    state = [capacity, challenge, tag]
    with ar.scope("poseidon"):
        for index in range(constants.full_rounds + constants.partial_rounds):
            state = _round(ar, constants, index, state)
    # One wire, because table rows put their own coefficients on it.
    return ar.multiply("second_challenge", state[0], ar.field_constant(lanes, 1))


def _round(
    ar: Arithmetic, constants: PoseidonConstants, index: int, state: list[FieldElement]
) -> list[FieldElement]:
    keyed = [x + c for x, c in zip(state, constants.round_constants[index], strict=True)]
    powered = constants.width if constants.is_full_round(index) else 1
    keyed[:powered] = [_fifth_power(ar, f"round[{index}]", x) for x in keyed[:powered]]
    return [_combine(row, keyed) for row in constants.mds]


def _fifth_power(ar: Arithmetic, name: str, x: FieldElement) -> FieldElement:
    square = ar.multiply(name, x, x)
    return ar.multiply(name, ar.multiply(name, square, square), x)


def _combine(row: tuple[int, ...], state: list[FieldElement]) -> FieldElement:
    total = state[0] * row[0]
    for entry, word in zip(row[1:], state[1:], strict=True):
        total = total + word * entry
    return total
