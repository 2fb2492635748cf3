"""Native lane vectors against Python integers: every operation, signs, floors, edges, refusals."""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import prover
from circuits.field import unpack_scalars
from prover.engines.native_numbers import NativeNumbers
from tests.prover.wide_integers import LIMIT, PYTHON, TABLE, R, integers, pairs, roots, vectors

Binary = Callable[[Any, Any], Any]


def exact(function: Callable[[], Iterable[int]]) -> list[int] | type[Exception]:
    """What Python says; the first lane without a result, or outside 256 bits, decides the error."""
    values = []
    try:
        for value in function():
            if not -LIMIT <= value < LIMIT:
                return OverflowError
            values.append(value)
    except (ZeroDivisionError, ValueError) as error:
        return type(error)
    return values


def outcome(function: Callable[[], Any]) -> list[int] | type[Exception]:
    """The lanes, or the type of the error."""
    try:
        return list(function().tolist())
    except (ArithmeticError, ValueError) as error:
        return type(error)


OPERATORS: list[Binary] = [
    operator.add,
    operator.sub,
    operator.mul,
    operator.floordiv,
    operator.mod,
    operator.and_,
]


@pytest.mark.parametrize("operation", OPERATORS)
@given(lanes=pairs)
def test_operators_agree_with_python(
    numbers: NativeNumbers, operation: Binary, lanes: list[tuple[int, int]]
) -> None:
    left, right = map(list, zip(*lanes, strict=True))
    a, b = numbers.vector(left), numbers.vector(right)
    assert outcome(lambda: operation(a, b)) == exact(lambda: (operation(x, y) for x, y in lanes))
    scalar = right[0]
    assert outcome(lambda: operation(a, scalar)) == exact(
        lambda: (operation(x, scalar) for x in left)
    )


@pytest.mark.parametrize("operation", [operator.add, operator.sub, operator.mul])
@given(values=vectors, scalar=integers)
def test_integers_may_stand_on_the_left(
    numbers: NativeNumbers, operation: Binary, values: list[int], scalar: int
) -> None:
    lanes = numbers.vector(values)
    assert outcome(lambda: operation(scalar, lanes)) == exact(
        lambda: (operation(scalar, value) for value in values)
    )


@pytest.mark.parametrize("operation", [operator.lshift, operator.rshift])
@given(values=vectors, by=st.integers(-1, 300) | st.just(1 << 200))
def test_shifts_round_down_and_never_drop_bits(
    numbers: NativeNumbers, operation: Binary, values: list[int], by: int
) -> None:

    def python(value: int) -> int:
        if by < 1 << 100:
            return int(operation(value, by))
        if operation is operator.rshift:  # too far for Python: everything is shifted out
            return -1 if value < 0 else 0
        return value * LIMIT * 2

    expected = exact(lambda: map(python, values))
    lanes, amounts = numbers.vector(values), numbers.same(by, len(values))
    assert outcome(lambda: operation(lanes, by)) == expected
    assert outcome(lambda: operation(lanes, amounts)) == expected


@pytest.mark.parametrize("power", [0, 1, 14, 64, 110, 254])
@given(values=vectors)
def test_powers_of_two_have_a_way_of_their_own(
    numbers: NativeNumbers, power: int, values: list[int]
) -> None:
    lanes, by = numbers.vector(values), 1 << power
    for operation in (operator.mul, operator.floordiv, operator.mod):
        python = exact(lambda op=operation: (op(value, by) for value in values))  # type: ignore[misc]
        assert outcome(lambda op=operation: op(lanes, by)) == python  # type: ignore[misc]


@pytest.mark.parametrize(
    "compare", [operator.lt, operator.le, operator.gt, operator.ge, operator.eq, operator.ne]
)
@given(lanes=pairs)
def test_comparisons_make_masks(
    numbers: NativeNumbers, compare: Binary, lanes: list[tuple[int, int]]
) -> None:
    left, right = map(list, zip(*lanes, strict=True))
    a, b = numbers.vector(left), numbers.vector(right)
    truths = [compare(x, y) for x, y in lanes]
    mask = compare(a, b)
    assert mask.tolist() == truths
    assert (~mask).tolist() == [not truth for truth in truths]
    negative = [x < 0 for x in left]
    assert (mask & (a < 0)).tolist() == [p and q for p, q in zip(truths, negative, strict=True)]
    assert (mask | (a < 0)).tolist() == [p or q for p, q in zip(truths, negative, strict=True)]
    chosen = numbers.where(mask, a, b).tolist()
    assert chosen == [x if t else y for t, (x, y) in zip(truths, lanes, strict=True)]
    assert numbers.where(mask, 7, a).tolist() == [
        7 if t else x for t, x in zip(truths, left, strict=True)
    ]


@given(values=vectors, scalar=integers, divisor=integers.filter(bool))
def test_the_vocabulary_agrees_with_python_numbers(
    numbers: NativeNumbers, values: list[int], scalar: int, divisor: int
) -> None:
    lanes, arrays = numbers.vector(values), PYTHON.vector(values)
    assert lanes.tolist() == list(lanes) == values
    assert (lanes[0], lanes[-1], len(lanes)) == (values[0], values[-1], len(values))
    assert lanes.repeat(3).tolist() == arrays.repeat(3).tolist()
    for stride, offset in ((1, 0), (2, -1), (3, 1), (0, 0)):
        ours = numbers.gather(lanes, stride, offset, 4).tolist()
        assert ours == PYTHON.gather(arrays, stride, offset, 4).tolist()
    lo, hi = sorted((scalar, 5))
    assert numbers.clip(lanes, lo, hi).tolist() == PYTHON.clip(arrays, lo, hi).tolist()
    assert numbers.bit_lengths(lanes).tolist() == PYTHON.bit_lengths(arrays).tolist()
    limbs = [limb.tolist() for limb in numbers.limbs(lanes, 14, 19)]
    assert limbs == [limb.tolist() for limb in PYTHON.limbs(arrays, 14, 19)]
    for bits in (0, 14, 253):
        assert numbers.fit(lanes, bits) == PYTHON.fit(arrays, bits)
    assert numbers.counts([lanes, lanes], 4).tolist() == PYTHON.counts([arrays] * 2, 4).tolist()
    assert numbers.field_inverses(lanes).tolist() == PYTHON.field_inverses(arrays).tolist()
    assert unpack_scalars(numbers.packed([lanes])) == [value % R for value in values]


@given(values=vectors, divisor=integers.filter(bool))
def test_an_exact_quotient_has_no_remainder(
    numbers: NativeNumbers, values: list[int], divisor: int
) -> None:
    lanes = numbers.vector(values)
    if divisor == -1 and -LIMIT in values:
        with pytest.raises(OverflowError):
            numbers.exact_quotient(lanes, divisor)
        return
    expected = PYTHON.exact_quotient(PYTHON.vector(values), divisor)
    found = numbers.exact_quotient(lanes, divisor)
    assert (None if found is None else found.tolist()) == (
        None if expected is None else expected.tolist()
    )
    quotients = [value // divisor for value in values]
    quotients = [quotient for quotient in quotients if abs(quotient * divisor) < R]
    whole = numbers.vector([quotient * divisor for quotient in quotients])
    assert numbers.exact_quotient(whole, divisor).tolist() == quotients  # type: ignore[union-attr]


@given(values=st.lists(roots, min_size=1, max_size=9))
def test_square_roots_are_floors(numbers: NativeNumbers, values: list[int]) -> None:
    squares = [min(value * value, LIMIT - 1) for value in values]
    edges = [max(square - 1, 0) for square in squares]
    for lanes in (values, squares, edges):
        ours = numbers.square_roots(numbers.vector(lanes)).tolist()
        assert ours == PYTHON.square_roots(PYTHON.vector(lanes)).tolist()


def test_many_lanes_go_to_many_cores_and_come_back_in_order(numbers: NativeNumbers) -> None:
    count = 20_001
    values = [(value * 7919 << 100) - (1 << 115) for value in range(count)]
    lanes = numbers.vector(values)
    assert (lanes * lanes - lanes).tolist() == [value * value - value for value in values]
    assert (lanes >> 90).tolist() == [value >> 90 for value in values]
    assert (lanes < 0).tolist() == [value < 0 for value in values]
    one = numbers.same_in_field(1, count)
    assert (one * lanes).tolist() == [value % R for value in values]
    assert unpack_scalars(numbers.packed([lanes, one])) == [v % R for v in values] + [1] * count
    with pytest.raises(OverflowError):
        lanes * (1 << 200)
    with pytest.raises(ZeroDivisionError):
        lanes // numbers.vector([*range(count - 1, -1, -1)])


@given(values=vectors, bits=st.sampled_from([1, 254, 255, 256, 257, 300]))
def test_limbs_of_any_width_are_right_or_refused(
    numbers: NativeNumbers, values: list[int], bits: int
) -> None:
    lanes, arrays = numbers.vector(values), PYTHON.vector(values)
    assert outcome(lambda: numbers.limbs(lanes, bits, 1)[0]) == exact(
        PYTHON.limbs(arrays, bits, 1)[0].tolist
    )
    assert outcome(lambda: numbers.limbs(lanes, bits, 2)[1]) == exact(
        PYTHON.limbs(arrays, bits, 2)[1].tolist
    )


def test_a_mask_is_not_one_truth(numbers: NativeNumbers) -> None:
    """A statement that branches on its lanes branches on none, rather than on their number."""
    for values in ([0], [0, 1]):
        with pytest.raises(TypeError, match="truth"):
            bool(numbers.vector(values) > 0)


def test_what_makes_no_sense_is_refused_with_a_typed_error(numbers: NativeNumbers) -> None:
    three, two = numbers.vector([1, 2, 3]), numbers.vector([1, 2])
    for operation in (*OPERATORS, operator.lt, operator.lshift):
        with pytest.raises(ValueError, match="expected 3 lanes, received 2"):
            operation(three, two)
    with pytest.raises(ValueError, match="lanes"):
        numbers.where(three > 1, two, 0)
    with pytest.raises(ValueError, match="lanes"):
        numbers.field_product(three, two)
    with pytest.raises(ValueError, match="negative"):
        numbers.square_roots(-three)
    for lane in (3, -4, 1 << 40):
        with pytest.raises(IndexError):
            three[lane]
    for row in (6, -1, 1 << 80):
        with pytest.raises(IndexError):
            numbers.taylor(TABLE, numbers.same(row, 1), numbers.same(0, 1))
    for value in (LIMIT, -LIMIT - 1):
        with pytest.raises(OverflowError):
            numbers.vector([value])
        with pytest.raises(OverflowError):
            three + value
    for bad in (1.5, "1", None):
        with pytest.raises(TypeError):
            three + bad  # type: ignore[operator]
    with pytest.raises(TypeError):
        numbers.vector([1.5])  # type: ignore[list-item]
    with pytest.raises(MemoryError):
        numbers.same(1, 1 << 60)
    with pytest.raises(MemoryError):
        three.repeat(1 << 61)


def test_a_stale_extension_computes_nothing(
    numbers: NativeNumbers, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert numbers is prover.lane_numbers()
    monkeypatch.setattr("prover.engines.native.source_digest_on_disk", lambda: "0" * 64)
    assert prover.lane_numbers.__wrapped__() is None
