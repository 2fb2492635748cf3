"""Twins of the challenge round: what each rule of the lookups and the fingerprint is there for."""

from __future__ import annotations

from collections.abc import Sequence
from unittest.mock import patch

import pytest

from circuits import challenge_round
from circuits.edsl import Arithmetic, FieldElement, Lanes, Liar, RowTable
from circuits.edsl.lookups import RowQuery
from circuits.field import BN254_FR
from circuits.functions.row_lookup import look_up_taylor
from circuits.profile import R6
from circuits.r1cs import R1CS, Assignment, WireClass
from circuits.statements.option_marks import OptionMarks, Shape
from tests.circuits.ladder import HEADER
from tests.circuits.lying import Claims, at, both, claim, column, shift
from tests.circuits.reading import CHALLENGE, PRODUCT, Reading, circuit, market_inputs, witness
from tests.circuits.reading import respond as answer_challenge
from tests.circuits.statements.markets import TYPICAL
from tests.circuits.toy import Toy
from tests.soundness.twins import weakened

R = BN254_FR.modulus
FRESH = CHALLENGE + 987_654_321
LIMB = 16


def over(numerator: int, denominator: int) -> int:
    return numerator * BN254_FR.inverse(denominator) % R


# --- the challenge must come after the commitment -----------------------------------------------


def limb(ar: Arithmetic, root: Lanes) -> None:
    ar.publish("x", ar.integer_hint("x", root, 4, ar.input("x")))


def test_multiplicities_chosen_after_the_challenge_prove_anything() -> None:
    """With X known, one multiplicity balances a value that is in no table."""
    forged = over(CHALLENGE, CHALLENGE - 99)
    counts = column([forged, *[0] * (LIMB - 1)])
    lie = both(claim("/x", 99), at("range/multiplicity", lambda _: (counts,)))
    assert Toy(limb).prove({"x": [3]}, lie, CHALLENGE) == ([], (99,))
    refused, _ = Toy(limb).prove({"x": [3]}, lie, FRESH)
    assert refused == ["root[0]/balance"]


def test_multiplicities_are_committed() -> None:
    names = Toy(limb).trace().wire_names
    builder = Toy(limb).trace()
    challenge_round.build(builder)
    counts = [w for w, name in builder.wire_names.items() if name.endswith("multiplicity[0]")]
    assert len(counts) == 1
    assert {wire.wire_class for wire in (*counts, *names)} == {WireClass.COMMITTED}


def split(ar: Arithmetic, root: Lanes) -> None:
    """A word that is the sum of two limbs: at most 30."""
    (word,) = ar.hint("word", root, 1, ar.input("word"))
    low = ar.integer_hint("low", root, 4, lambda v: v // 2, word)
    ar.range_check("high", word - low, 4)
    ar.publish("word", word)


def test_a_wire_chosen_after_the_challenge_proves_anything() -> None:
    """A looked-up wire that knows X solves 1/(X - s) + 1/(X - (word - s)) = the table's side."""
    word, total = 1000, (2 * CHALLENGE - 1000) % R
    for count in range(1, 50):
        product = over(total * CHALLENGE, count)
        root = square_root((total * total - 4 * product) % R)
        if root is not None:
            break
    chosen = (CHALLENGE - (total + root) * BN254_FR.inverse(2)) % R  # type: ignore[operator]
    counts = column([count, *[0] * (LIMB - 1)])
    lie = both(claim("/low", chosen), at("range/multiplicity", lambda _: (counts,)))
    assert Toy(split).prove({"word": [word]}, lie, CHALLENGE) == ([], (word,))
    refused, _ = Toy(split).prove({"word": [word]}, lie, FRESH)
    assert refused == ["root[0]/balance"]
    honest, _ = Toy(split).prove({"word": [29]})
    assert honest == []


def square_root(value: int) -> int | None:
    """A square root modulo r (Tonelli-Shanks), None for a non-residue."""
    if pow(value, (R - 1) // 2, R) != 1:
        return None
    odd, twos = (R - 1) >> BN254_FR.two_adicity, BN254_FR.two_adicity
    step = pow(BN254_FR.generator, odd, R)
    root, rest = pow(value, (odd + 1) // 2, R), pow(value, odd, R)
    while rest != 1:
        order = next(i for i in range(1, twos) if pow(rest, 1 << i, R) == 1)
        factor = pow(step, 1 << (twos - order - 1), R)
        root, step, twos = root * factor % R, factor * factor % R, order
        rest = rest * step % R
    return root


# --- the second challenge must be independent ---------------------------------------------------

QUARTIC = RowTable("quartic", 1, tuple((k, 1, 2, 3, 4) for k in range(4)), indexed=True)


def quartic(ar: Arithmetic, root: Lanes) -> None:
    x = ar.integer_hint("x", root, 4, ar.input("x"))
    (k,) = ar.hint("k", root, 1, ar.input("k"))
    taylor = look_up_taylor(ar, QUARTIC, x, lambda v: v, k, index=k)
    ar.publish("x", x)
    ar.publish("y", taylor[0])


def powers_of_the_first_challenge(ar: Arithmetic, challenge: FieldElement) -> FieldElement:
    """Y = X."""
    one = FieldElement(ar, challenge.lanes, ar.number(challenge.lanes, 1), after_challenge=True)
    return ar.multiply("second_challenge", challenge, one)


def test_powers_of_one_challenge_prove_anything() -> None:
    """X - query = -(X - a_1)…(X - a_6), whose reciprocal range rows add up to: no row at all."""
    roots = (1, 2, 3, 5, 7, 11)
    coefficients = [1]
    for a in roots:
        shifted = [0, *coefficients]
        scaled = [*[-a * c for c in coefficients], 0]
        coefficients = [s + t for s, t in zip(shifted, scaled, strict=True)]
    coefficients[1] += 1
    forged = tuple(column([value]) for value in coefficients[:5])

    def counts(arrays: Claims) -> Claims:
        for a in roots:
            others = 1
            for b in roots:
                others *= a - b if a != b else 1
            arrays[0][a] -= BN254_FR.inverse(others)
        return arrays

    lie = both(
        claim("/k", coefficients[5]),
        at("/taylor", lambda _: forged),
        at("range/multiplicity", counts),
    )
    product, words = Toy(quartic).prove({"x": [0], "k": [2]}, lie)
    assert words == (0, 1 * 2 * 3 * 5 * 7 * 11)
    assert product == ["root[0]/balance"]
    with patch.object(challenge_round, "second_challenge", powers_of_the_first_challenge):
        assert Toy(quartic).prove({"x": [0], "k": [2]}, lie) == ([], words)
        assert Toy(quartic).prove({"x": [0], "k": [2]}, lie, FRESH) == ([], words)


# --- tables must be told apart ------------------------------------------------------------------


def two_tables(other_tag: int) -> Toy:
    doubles = RowTable("doubles", 1, ((0, 2),), indexed=False)
    triples = RowTable("triples", other_tag, ((0, 3),), indexed=False)

    def define(ar: Arithmetic, root: Lanes) -> None:
        x = ar.integer_hint("x", root, 4, ar.input("x"))
        ar.publish("x", x)
        for table in (doubles, triples):
            with ar.scope(table.name):
                taylor = look_up_taylor(ar, table, x, lambda v: v * 0, x, index=None)
            ar.publish(table.name, taylor[0])

    return Toy(define)


def test_tables_of_one_tag_answer_for_each_other() -> None:
    lie = both(
        at("doubles/taylor", lambda a: (a[0] // 2 * 3, a[1] + 1)),
        at("doubles/multiplicity", lambda a: (a[0] * 0,)),
        at("triples/multiplicity", lambda a: (a[0] * 0 + 2,)),
    )
    refused, words = two_tables(2).prove({"x": [5]}, lie)
    assert (refused, words) == (["root[0]/balance"], (5, 15, 15))

    def unchecked(queries: Sequence[RowQuery]) -> list[RowTable]:
        return [query.table for query in queries]

    with patch.object(challenge_round, "_tables", unchecked):
        assert two_tables(1).prove({"x": [5]}, lie) == ([], (5, 15, 15))


# --- quotients ----------------------------------------------------------------------------------


def quotient_sum(checked: bool, factor: int = 1, names: tuple[str, ...] = ("x", "y")) -> Toy:
    """factor * (floor(x / 256) + floor(y / 256)), with or without the rules of Quotient."""

    def define(ar: Arithmetic, root: Lanes) -> None:
        total: FieldElement = ar.constant(root, 0)
        for name in names:
            with ar.scope(name):
                value = ar.integer_hint("value", root, 16, ar.input(name))
                remainder = ar.integer_hint("remainder", root, 8, lambda v: v % 256, value)
                multiple = ar.exact_quotient(value.minus(remainder).payload, 256)
                quotient = FieldElement(ar, root, multiple)
                if checked:
                    quotient = ar.range_check("quotient", quotient, 8)
            total = total + quotient * factor
            ar.publish(name, value)
        ar.publish("total", ar.range_check("total", total, 10))

    return Toy(define)


@pytest.mark.parametrize(
    ("factor", "inputs", "forged"),
    [(1, {"x": [256], "y": [256]}, 1), (2, {"x": [256]}, 1)],
    ids=["two in one sum", "even coefficient"],
)
def test_unchecked_quotients_hide_halves(
    factor: int, inputs: dict[str, list[int]], forged: int
) -> None:
    """(256 - 128)/256 is a half; two halves, or twice a half, pass any check of the sum."""
    lie: Liar = shift("*/remainder", 8, wire=1)
    names = tuple(inputs)
    accepted, words = quotient_sum(False, factor, names).prove(inputs, lie)
    assert (accepted, words[-1]) == ([], forged)
    refused, _ = quotient_sum(True, factor, names).prove(inputs, lie)
    assert refused == ["root[0]/balance"]
    _, honest = quotient_sum(True, factor, names).prove(inputs)
    assert honest[-1] == 2


# --- the fingerprint ----------------------------------------------------------------------------


def fingerprint(words: Sequence[int], challenge: int) -> int:
    """What a verifier computes from the words it was given."""
    total = len(words)
    for word in words:
        total = (total * challenge + word) % R
    return total


def accepts(reading: Reading, words: Sequence[int]) -> bool:
    """Whether the circuit of a reading accepts this fingerprint of an honest witness."""
    statement = OptionMarks(Shape(1, 3), R6)
    inputs = market_inputs(statement, HEADER, TYPICAL)
    made = answer_challenge(witness(statement, inputs, reading=reading))
    r1cs: R1CS = circuit(statement, reading)
    claimed = fingerprint(words, CHALLENGE)
    return not r1cs.violations(Assignment(CHALLENGE, claimed, made.committed, made.private))


def test_every_word_is_in_the_fingerprint() -> None:
    statement = OptionMarks(Shape(1, 3), R6)
    words = list(witness(statement, market_inputs(statement, HEADER, TYPICAL)).words)
    assert accepts(PRODUCT, words)
    for position in range(len(words)):
        for other in (words[position] + 1, 0):
            changed = [*words[:position], other, *words[position + 1 :]]
            assert changed == words or not accepts(PRODUCT, changed)
    assert not accepts(PRODUCT, words[:-1])
    assert not accepts(PRODUCT, [*words, 0])
    assert not accepts(PRODUCT, [words[1], words[0], *words[2:]])


def test_a_word_left_out_of_the_fingerprint_says_anything() -> None:
    """The twin's verifier leaves the prices out as well: they may be any number."""
    statement = OptionMarks(Shape(1, 3), R6)
    words = list(witness(statement, market_inputs(statement, HEADER, TYPICAL)).words)
    twin = weakened("prices are not in the fingerprint", words=("words/price_words",))
    for price in (words[-1], 0, 12345):
        claimed = [*words[:-1], price]
        assert accepts(twin, claimed[:-1])
        assert accepts(PRODUCT, claimed) == (price == words[-1])
