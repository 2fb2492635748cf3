"""Building: wires, classes, lanes, lookups; and the witness that fits."""

from __future__ import annotations

import pytest

from circuits.challenge_round import build
from circuits.edsl import (
    Arithmetic,
    CircuitBuilder,
    CircuitError,
    IntegerArray,
    Lanes,
    RowTable,
    integer_array,
)
from circuits.functions.row_lookup import look_up_taylor
from circuits.profile import R6, R14, Profile
from circuits.r1cs import R1CS, SAME_LANE, ChallengeCollisionError, LaneMap, WireClass
from circuits.statements.option_marks import OptionMarks, Shape
from tests.circuits.ladder import HEADER
from tests.circuits.reading import market_inputs, witness
from tests.circuits.statements.markets import TYPICAL, group, market
from tests.circuits.toy import Toy

TYPICAL_ONE = market(group([(500_000_000, 30_000_000, False)]))
SQUARES = RowTable("squares", 1, tuple((k * k, 2 * k, 1) for k in range(5)), indexed=True)
CUBES = RowTable("cubes", 2, tuple((k**3, 3 * k * k, 3 * k, 1) for k in range(5)), indexed=False)


def test_an_unconstrained_wire_does_not_build() -> None:
    def define(ar: Arithmetic, root: Lanes) -> None:
        ar.publish("word", ar.integer_hint("x", root, 4, ar.input("x")))
        with ar.scope("somewhere"):
            ar.hint("loose", root, 1, ar.input("x"))

    with pytest.raises(CircuitError, match=r"unconstrained wires: \['somewhere/loose\[0\]'\]"):
        Toy(define).r1cs()


def test_a_statement_without_words_does_not_build() -> None:
    def define(ar: Arithmetic, root: Lanes) -> None:
        ar.integer_hint("x", root, 4, ar.input("x"))

    with pytest.raises(ValueError, match="without words"):
        Toy(define).r1cs()


def test_two_tables_of_one_tag_do_not_build() -> None:
    twin = RowTable("other", SQUARES.tag, ((7, 7, 7),), indexed=True)

    def define(ar: Arithmetic, root: Lanes) -> None:
        x = ar.integer_hint("x", root, 4, ar.input("x"))
        for table in (SQUARES, twin):
            look_up_taylor(ar, table, x, lambda v: v, x, index=x)
        ar.publish("word", x)

    with pytest.raises(CircuitError, match="two tables have tag 1"):
        Toy(define).r1cs()


@pytest.mark.parametrize(
    ("tag", "rows"), [(0, ((1, 2),)), (-1, ((1, 2),)), (1, ((1,) * 6,)), (1, ((1, 2), (1,)))]
)
def test_a_table_keeps_clear_of_index_and_tag(tag: int, rows: tuple[tuple[int, ...], ...]) -> None:
    with pytest.raises(CircuitError, match="table odd"):
        RowTable("odd", tag, rows, indexed=False)


@pytest.mark.parametrize("indexed", [True, False])
def test_a_query_names_its_row_exactly_where_the_table_does(indexed: bool) -> None:
    builder = CircuitBuilder(4)
    root = builder.lanes("root", 1)
    x = builder.integer_hint("x", root, 4, builder.input("x"))
    table = SQUARES if indexed else CUBES
    with pytest.raises(CircuitError, match="does not fit table"):
        builder.look_up_row(
            "row", table, x, [x] * len(table.rows[0]), index=None if indexed else x, row=None
        )
    with pytest.raises(CircuitError, match="does not fit table"):
        builder.look_up_row("row", table, x, [x], index=x if indexed else None, row=None)


def _gathering(ar: Arithmetic, root: Lanes) -> None:
    inner = ar.lanes("inner", 5, root)
    words = ar.lanes("words", 3, root)
    x = ar.integer_hint("x", inner, 8, ar.input("x"))
    ar.publish("first", ar.integer_hint("y", root, 8, ar.input("y")))
    total = ar.gather(x, words, 2, 0) + ar.gather(x, words, 2, 1) * 256
    ar.publish("pairs", total)
    ar.publish("before", ar.gather(x, words, 1, -1))


def test_gathered_lanes_outside_the_source_count_as_zero() -> None:
    violations, words = Toy(_gathering).prove({"x": [1, 2, 3, 4, 5], "y": [9]})
    assert violations == []
    assert words == (9, 1 + 2 * 256, 3 + 4 * 256, 5, 0, 1, 2)


def test_an_absent_lane_widens_the_interval_to_zero() -> None:
    builder = CircuitBuilder(4)
    root = builder.lanes("root", 1)
    inner, words = builder.lanes("inner", 5, root), builder.lanes("words", 3, root)
    x = builder.integer_hint("x", inner, 4, builder.input("x")).plus(3)
    with pytest.raises(ValueError, match="without constants"):
        builder.gather(x, words, 2, 0)
    y = builder.integer_hint("y", inner, 4, builder.input("y"))
    gathered = builder.gather(y * -2, words, 2, 1)
    assert (getattr(gathered, "lo", None), getattr(gathered, "hi", None)) == (-30, 0)


def test_children_read_their_parents_lane() -> None:
    def define(ar: Arithmetic, root: Lanes) -> None:
        outer = ar.lanes("outer", 2, root)
        inner = ar.lanes("inner", 6, outer)
        a = ar.integer_hint("a", outer, 8, ar.input("a"))
        b = ar.integer_hint("b", inner, 8, ar.input("b"))
        ar.publish("one", ar.integer_hint("c", root, 4, ar.input("c")))
        ar.publish("sum", ar.product("p", a, b).plus(a))

    values = {"a": [10, 20], "b": [1, 2, 3, 4, 5, 6], "c": [1]}
    violations, words = Toy(define).prove(values)
    assert violations == []
    assert words == (1, 20, 30, 40, 100, 120, 140)


def test_lane_maps_read_floor_of_a_linear_function() -> None:
    assert LaneMap(1, 0, 3).source(6).tolist() == [0, 0, 0, 1, 1, 1]
    assert LaneMap(2, 1, 1).source(3).tolist() == [1, 3, 5]
    assert LaneMap(1, -1, 1).source(3).tolist() == [-1, 0, 1]
    assert LaneMap(1, -1, 2).source(3).tolist() == [-1, 0, 0]
    assert SAME_LANE.source(2).tolist() == [0, 1]


def test_lanes_must_be_on_one_line_of_descent() -> None:
    builder = CircuitBuilder(4)
    root = builder.lanes("root", 1)
    left, right = builder.lanes("left", 2, root), builder.lanes("right", 2, root)
    a = builder.integer_hint("a", left, 4, builder.input("a"))
    b = builder.integer_hint("b", right, 4, builder.input("b"))
    with pytest.raises(ValueError, match="line of descent"):
        a.plus(b)
    with pytest.raises(CircuitError, match="do not fit"):
        builder.lanes("uneven", 3, left)


def test_violations_name_the_path_and_the_lane() -> None:
    def define(ar: Arithmetic, root: Lanes) -> None:
        inner = ar.lanes("inner", 3, root)
        ar.publish("word", ar.integer_hint("y", root, 4, ar.input("y")))
        with (
            ar.scope(
                "a",
            ),
            ar.scope("b"),
        ):
            (bit,) = ar.hint("bit", inner, 1, ar.input("bits"))
            ar.assert_zero_product("is_bit", bit, bit - 1)

    violations, _ = Toy(define).prove({"bits": [0, 2, 1], "y": [9]})
    assert violations == ["inner[1]/a/b/is_bit"]


@pytest.mark.parametrize("greeks", [False, True])
@pytest.mark.parametrize("profile", [R6, R14], ids=["R6", "R14"])
def test_private_wires_are_exactly_the_challenge_round(profile: Profile, greeks: bool) -> None:
    """Only Poseidon, powers, folds, inverses and Horner sums come after the challenge."""
    builder = OptionMarks(Shape(2, 3), profile, greeks).trace()
    assert all(wire.wire_class is WireClass.COMMITTED for wire in builder.wire_names)
    before = set(builder.wire_names)
    build(builder)
    late = set(builder.wire_names) - before
    private = {builder.wire_names[w] for w in late if w.wire_class is WireClass.PRIVATE}
    committed = {builder.wire_names[w] for w in late if w.wire_class is WireClass.COMMITTED}
    assert all(name.endswith("/multiplicity[0]") for name in committed)
    kinds = ("poseidon", "power[", "second_challenge", "taylor[", "/index", "lookup[0]", "row[0]")
    assert all(any(k in name for k in (*kinds, "horner[0]")) for name in private)
    assert not any(name in private for name in committed)


def test_every_lookup_has_one_inverse_and_every_row_one_multiplicity() -> None:
    r1cs = OptionMarks(Shape(1, 3), R6, greeks=True).r1cs()
    builder = OptionMarks(Shape(1, 3), R6, greeks=True).trace()
    queries = [q.value.lanes.count for q in builder.range_queries]
    queries += [q.at.lanes.count for q in builder.row_queries]
    paths = [r1cs.row_path(row) for row in range(r1cs.row_count)]
    assert sum(path.endswith("/lookup") for path in paths) == sum(queries)
    assert sum(path.endswith("/horner") for path in paths) == sum(
        chunk.word.lanes.count for chunk in builder.words
    )


@pytest.mark.parametrize("greeks", [False, True])
@pytest.mark.parametrize("profile", [R6, R14], ids=["R6", "R14"])
def test_builder_and_witness_agree_on_the_wire_order(profile: Profile, greeks: bool) -> None:
    """Names and values are recorded apart; here they are laid side by side."""
    statement = OptionMarks(Shape(1, 3), profile, greeks)
    builder = statement.trace()
    r1cs: R1CS = build(builder)
    inputs = market_inputs(statement, HEADER, TYPICAL)
    seen: list[tuple[str, int]] = []

    def look(path: str, arrays: tuple[IntegerArray, ...]) -> tuple[IntegerArray, ...]:
        seen.append((path, len(arrays)))
        return arrays

    made = witness(statement, inputs, look)
    recorded = made._witness.recorded
    for (block, kind), arrays in recorded.items():
        expected = r1cs.blocks[block].committed
        assert kind is WireClass.COMMITTED
        assert len(arrays) == expected
        assert all(len(array) == r1cs.blocks[block].lanes for array in arrays)
    names = [name for name in builder.wire_names.values() if "lookup" not in name]
    hinted = [path for path, wires in seen if wires and not path.endswith("/row/row")]
    order = [n.rsplit("[", 1)[0] for n in names]
    assert [path for path in hinted if path not in order] == []
    strike = next(w for w, name in builder.wire_names.items() if name.endswith("inputs/strike[0]"))
    values = recorded[strike.block, WireClass.COMMITTED][strike.index]
    mask = (1 << profile.limb_bits) - 1
    assert values.tolist() == [v & mask for v in inputs["strike_ticks"]]


def test_canonical_bytes_are_deterministic_and_tell_circuits_apart() -> None:
    shapes = [Shape(1, 1), Shape(1, 2), Shape(2, 1)]
    digests = {
        OptionMarks(shape, R6, greeks).r1cs().canonical_bytes()
        for shape in shapes
        for greeks in (False, True)
    }
    assert len(digests) == 6
    again = OptionMarks(Shape(1, 2), R6).r1cs().canonical_bytes()
    assert again == OptionMarks(Shape(1, 2), R6).r1cs().canonical_bytes()


def test_a_witness_answers_any_challenge_but_a_looked_up_value() -> None:
    statement = OptionMarks(Shape(1, 1), R6)
    made = witness(statement, market_inputs(statement, HEADER, TYPICAL_ONE))
    first, other, again = (made.respond(challenge) for challenge in (12345, 54321, 12345))
    assert first[0] == again[0] != other[0]
    assert (first[1] == again[1]).all()
    assert not (first[1] == other[1]).all()
    with pytest.raises(ChallengeCollisionError):
        made.respond(5)


def test_row_lookups_prove_values_and_derivatives() -> None:
    def define(ar: Arithmetic, root: Lanes) -> None:
        lanes = ar.lanes("lane", 4, root)
        x = ar.integer_hint("x", lanes, 4, ar.input("x"))
        (k,) = ar.hint("k", lanes, 1, ar.input("k"))
        ar.publish("head", ar.integer_hint("y", root, 4, ar.input("y")))
        taylor = look_up_taylor(ar, SQUARES, x, lambda v: v, k, index=k)
        for wire in taylor:
            ar.publish("value", wire)

    violations, words = Toy(define).prove({"x": [0, 1, 2, 15], "k": [0, 1, 4, 3], "y": [5]})
    assert violations == []
    expected = [(x + k) ** 2 for x, k in ((0, 0), (1, 1), (2, 4), (15, 3))]
    assert words == (5, *expected, 0, 4, 12, 36, 1, 1, 1, 1)
    assert integer_array(expected).tolist() == [0, 4, 36, 324]
