"""Poseidon in the circuit: the second challenge Y of the lookups, and hashes of committed inputs.

Powers of one challenge are not sound for several columns (reciprocals of distinct polynomials of
one variable can be linearly dependent), so Y is a hash of X.
"""

from __future__ import annotations

from collections.abc import Sequence

from circuits.edsl.arithmetic import Arithmetic
from circuits.edsl.values import FieldElement
from circuits.poseidon import load_constants

#: keccak256("proofmark.transcript.v1") mod r; a test recomputes it.
TRANSCRIPT_TAG = 4277743512971989273568281789349449548311361275004134194025438216669878103909


def second_challenge(ar: Arithmetic, challenge: FieldElement) -> FieldElement:
    """Poseidon(challenge, transcript tag): 244 constraints."""
    lanes = challenge.lanes
    # The known words count as challenge-dependent, so that no wire is committed too late.
    capacity, tag = (
        FieldElement(ar, lanes, ar.number(lanes, value), after_challenge=True)
        for value in (0, TRANSCRIPT_TAG)
    )
    hashed = _hashed(ar, [capacity, challenge, tag])
    # One wire, because table rows put their own coefficients on it.
    return ar.multiply("second_challenge", hashed, ar.field_constant(lanes, 1))


def poseidon(ar: Arithmetic, name: str, inputs: Sequence[FieldElement]) -> FieldElement:
    """The hash of committed inputs of one lane space, lane by lane, as a wire.

    `circuits.poseidon.poseidon` is the judge. Three constraints for each fifth power: 613 for 16
    inputs, 577 for 15. Inputs need no range: any field element has one hash.
    """
    lanes = inputs[0].lanes
    plain = [FieldElement(ar, lanes, ar.lift(w.payload, w.lanes, lanes)) for w in inputs]
    state = [ar.field_constant(lanes, 0), *plain]
    hashed = _hashed(ar, [ar.reduced(word) for word in state])
    (digest,) = ar.hint(name, lanes, 1, lambda h: ar.numbers.vector(h.tolist()), hashed)
    ar.assert_product(name, hashed, ar.field_constant(lanes, 1), digest)
    return digest


def _hashed(ar: Arithmetic, state: list[FieldElement]) -> FieldElement:
    """Round constants are added where the state is mixed, before the round that they belong to."""
    constants = load_constants(len(state))
    first, *others = constants.round_constants
    with ar.scope("poseidon"):
        state = [x + c for x, c in zip(state, first, strict=True)]
        for index, following in enumerate((*others, (0,) * constants.width)):
            powered = constants.width if constants.is_full_round(index) else 1
            state[:powered] = [_fifth_power(ar, f"round[{index}]", x) for x in state[:powered]]
            state = ar.mixed(state, constants.mds, following)
    return state[0]


def _fifth_power(ar: Arithmetic, name: str, x: FieldElement) -> FieldElement:
    square = ar.reduced(ar.multiply(name, x, x))
    return ar.reduced(ar.multiply(name, ar.reduced(ar.multiply(name, square, square)), x))
