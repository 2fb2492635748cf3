"""Native field lanes and lookup tables against Python's integers modulo r."""

from __future__ import annotations

import operator
from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from circuits.edsl import RowTable
from circuits.field import BN254_FR, unpack_scalars
from prover.engines.native_numbers import NativeNumbers
from tests.prover.wide_integers import LIMIT, PYTHON, TABLE, R, integers, pairs, vectors


@given(lanes=pairs, scalar=integers)
def test_field_lanes_are_integers_modulo_r(
    numbers: NativeNumbers, lanes: list[tuple[int, int]], scalar: int
) -> None:
    left, right = map(list, zip(*lanes, strict=True))
    integers_b = numbers.vector(right)
    a = numbers.field_product(numbers.vector(left), numbers.same(1, len(left)))
    b = numbers.field_product(integers_b, numbers.same(1, len(left)))
    assert a.tolist() == [value % R for value in left]
    for operation in (operator.add, operator.sub, operator.mul):
        expected = [operation(x, y) % R for x, y in lanes]
        assert operation(a, b).tolist() == expected
        assert operation(a, integers_b).tolist() == expected
        swapped = [operation(y, x) % R for x, y in lanes]
        assert operation(integers_b, a).tolist() == swapped
        assert operation(a, scalar).tolist() == [operation(x, scalar) % R for x in left]
        assert operation(scalar, a).tolist() == [operation(scalar, x) % R for x in left]
    assert (-a).tolist() == [-value % R for value in left]
    assert (a[-1], len(a.repeat(2))) == (left[-1] % R, 2 * len(left))
    ours = numbers.running(integers_b, 9, scalar % R).tolist()
    assert ours == PYTHON.running(PYTHON.vector(right), 9, scalar % R).tolist()
    assert unpack_scalars(numbers.packed([a, integers_b])) == [v % R for v in left + right]


@given(lanes=pairs, weights=st.lists(integers, min_size=4, max_size=4), shift=integers)
def test_mixed_states_are_a_matrix_times_vectors(
    numbers: NativeNumbers, lanes: list[tuple[int, int]], weights: list[int], shift: int
) -> None:
    matrix, shifts = ((*weights[:2],), (*weights[2:],), (0, 1)), (shift, 0, 1)
    columns = list(map(list, zip(*lanes, strict=True)))
    expected = [
        [(s + row[0] * x + row[1] * y) % R for x, y in lanes]
        for row, s in zip(matrix, shifts, strict=True)
    ]
    x, y = (numbers.vector(column) for column in columns)
    y_field = numbers.field_product(y, numbers.same(1, len(lanes)))
    assert [v.tolist() for v in numbers.mixed([x, y], matrix, shifts)] == expected
    assert [v.tolist() for v in numbers.mixed([x, y_field], matrix, shifts)] == expected
    python = PYTHON.mixed([PYTHON.vector(column) for column in columns], matrix, shifts)
    assert [v.tolist() for v in python] == expected


def test_states_that_do_not_fit_are_not_mixed(numbers: NativeNumbers) -> None:
    one, three = numbers.vector([1]), numbers.vector([1, 2, 3])
    for states, matrix, shifts in (
        ([one, three], ((1, 1),), (0,)),
        ([one, one], ((1, 1, 1),), (0,)),
        ([one, one], ((1, 1),), (0, 0)),
        ([], ((1,),), (0,)),
    ):
        with pytest.raises(ValueError, match="lanes"):
            numbers.mixed(states, matrix, shifts)
    with pytest.raises(TypeError):
        numbers.mixed([1], ((1,),), (0,))  # type: ignore[list-item]
    with pytest.raises(OverflowError):
        numbers.mixed([one], ((LIMIT,),), (0,))


@dataclass(frozen=True)
class Case:
    """Queries of the table: worth, and the row each claims."""

    worth: list[int]
    rows: list[int]


@pytest.mark.parametrize("indexed", [True, False])
def test_tables_answer_right_and_wrong_queries(numbers: NativeNumbers, indexed: bool) -> None:
    table = RowTable("t", 2, TABLE.rows, indexed)
    rows, places = [0, 5, 3, 3], [0, 1, 63, (1 << 14) - 1]
    ours = numbers.taylor(table, numbers.vector(rows), numbers.vector(places))
    theirs = PYTHON.taylor(table, PYTHON.vector(rows), PYTHON.vector(places))
    assert [v.tolist() for v in ours] == [v.tolist() for v in theirs]
    challenge, y = 3**150, 5**90
    powers = [pow(y, exponent, R) for exponent in range(1, 7)]
    native = numbers.row_inverses(challenge, table, [numbers.same_in_field(p, 1) for p in powers])
    python = PYTHON.row_inverses(challenge, table, [PYTHON.same(p, 1) for p in powers])
    weights = [0, 1, -1, 7, R - 1, 1 << 20]
    assert native.weighted(numbers.vector(weights)).tolist() == (
        python.weighted(PYTHON.vector(weights)).tolist()
    )
    worth = [sum(map(operator.mul, table.worth_coefficients(j), [1, *powers])) for j in range(6)]
    cases = (
        Case(worth, [0, 1, 2, 3, 4, 5]),
        Case(worth, [5, 0, 6, -1, 1 << 70, 5]),
        Case([1, 2, 3, 4, R - 1, 0], [0, 1, 2, 3, 4, 5]),
    )
    for case in cases:
        claimed = numbers.vector(case.rows)
        elements = numbers.vector([value % R for value in case.worth])
        fields = numbers.field_product(elements, numbers.same(1, 6))
        expected = [BN254_FR.inverse(challenge - value) for value in case.worth]
        assert native.look_up(fields, claimed).tolist() == expected
        assert python.look_up(PYTHON.vector(case.worth), case.rows).tolist() == expected


@given(values=vectors)
def test_the_range_table_answers_any_number(numbers: NativeNumbers, values: list[int]) -> None:
    challenge, lanes = 7**80, numbers.vector(values)
    found = numbers.range_inverses(challenge, 64).look_up(lanes, lanes).tolist()
    assert found == [BN254_FR.inverse(challenge - value) for value in values]


def test_a_challenge_that_is_looked_up_has_no_inverse(numbers: NativeNumbers) -> None:
    with pytest.raises(ZeroDivisionError):
        numbers.range_inverses(63, 64)
    inverses = numbers.range_inverses(64, 64)
    with pytest.raises(ZeroDivisionError):
        inverses.look_up(numbers.vector([1, 64]), numbers.vector([1, 64]))
    powers = [numbers.same_in_field(0, 1)] * 6
    with pytest.raises(ZeroDivisionError):
        numbers.row_inverses(5, TABLE, powers)
