"""Twins of the sums by group and of the tables of wires: what each of their rules is there for."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import replace
from typing import Any
from unittest.mock import patch

from circuits import challenge_round, wire_tables
from circuits.edsl import Arithmetic, FieldElement, Integer, Lanes, Liar
from circuits.edsl.group_sums import GroupSum, Share, sum_by_group
from circuits.edsl.response import Response
from circuits.edsl.wire_rows import FIRST_WIRE_TAG, WireRows, look_up_wires, offer_rows
from circuits.field import BN254_FR
from circuits.gadgets.equality import pick
from tests.circuits.lying import Claims, at, both
from tests.circuits.reading import CHALLENGE
from tests.circuits.toy import Toy

R = BN254_FR.modulus
FRESH = CHALLENGE + 13
INPUTS = {
    "keys": [1, 2, 1, 2],
    "values": [3, 5, 7, 11],
    "weights": [2, 1, 4, 1],
    "groups": [1, 2],
}


def define(ar: Arithmetic, root: Lanes) -> None:
    """Sums of values and of weight * value by key, published."""
    members, groups = ar.lanes("member", 4, root), ar.lanes("group", 2, root)
    key = ar.integer_hint("key", members, 4, ar.input("keys"))
    value = ar.integer_hint("value", members, 4, ar.input("values"))
    weight = ar.integer_hint("weight", members, 4, ar.input("weights"))
    group = ar.integer_hint("group", groups, 4, ar.input("groups"))
    shares = (Share(None, (value, key)), Share(weight, (value,)))
    sums = sum_by_group(ar, "sums", key, shares, group)
    first = ar.integer_hint("first", root, 4, lambda: ar.numbers.vector([0]))
    ar.publish("first", first)
    for each in (*sums[0], *sums[1]):
        ar.publish("sum", each)


SUMS = Toy(define)


def test_the_sums_are_exact() -> None:
    broken, words = SUMS.prove(INPUTS)
    assert broken == []
    assert words[1:] == (10, 16, 2, 4, 34, 16)


def lie_about(change: Callable[[int, list[int]], list[int]]) -> list[str]:
    def liar(path: str, arrays: Claims) -> Claims:
        if not path.startswith("sums/sum"):
            return arrays
        position = {"sums/sum[0][0]": 0, "sums/sum[0][1]": 1, "sums/sum[1][0]": 2}[path]
        arrays[0][:] = change(position, list(arrays[0]))
        return arrays

    return SUMS.prove(INPUTS, liar)[0]


def test_wrong_sums_are_refused() -> None:
    """One off, a member twice, swapped between groups, moved between values, cancelling errors."""
    assert lie_about(lambda p, s: [s[0] + 1, s[1]] if p == 0 else s)
    assert lie_about(lambda p, s: [s[0] + 3, s[1]] if p == 0 else s)
    assert lie_about(lambda p, s: s[::-1])
    assert lie_about(lambda p, s: [s[0] + (1, -1, 0)[p], s[1]])
    assert lie_about(lambda p, s: [s[0] + 1, s[1] - 1] if p == 0 else s)


def test_a_member_of_no_group_is_refused() -> None:
    assert SUMS.prove(INPUTS | {"keys": [1, 2, 3, 2]})[0]


def test_sums_committed_after_the_challenge_prove_anything() -> None:
    """With X and Y known, one wrong sum is balanced by another."""
    y = _second_challenge(CHALLENGE)
    # sum_0 + 1 in group 0 is undone by sum_1 - 1/Y there.
    wrong = -BN254_FR.inverse(y) % R

    def liar(path: str, arrays: Claims) -> Claims:
        if path == "sums/sum[0][0]":
            arrays[0][0] += 1
        if path == "sums/sum[0][1]":
            arrays[0][0] += wrong
        return arrays

    assert SUMS.prove(INPUTS, liar, CHALLENGE)[0] == []
    assert SUMS.prove(INPUTS, liar, FRESH)[0]


def test_without_the_second_challenge_values_answer_for_each_other() -> None:
    """A twin that weighs all values alike takes a sum from one and gives it to another."""

    def alike(ar: Arithmetic, values: list[FieldElement], y: FieldElement) -> FieldElement:
        del y
        total = FieldElement(ar, values[0].lanes, values[0].payload)
        for value in values[1:]:
            total = total + value
        return total

    def liar(path: str, arrays: Claims) -> Claims:
        shift = {"sums/sum[0][0]": 1, "sums/sum[0][1]": -1}.get(path, 0)
        arrays[0][0] += shift
        return arrays

    assert SUMS.prove(INPUTS, liar)[0]
    with patch.object(wire_tables, "_horner", alike):
        assert SUMS.prove(INPUTS, liar)[0] == []


def test_sums_without_the_equation_are_free() -> None:
    def omitted(response: Response, y: FieldElement) -> None:
        del response, y

    def liar(path: str, arrays: Claims) -> Claims:
        if path.startswith("sums/sum"):
            arrays[0][:] = 0
        return arrays

    assert SUMS.prove(INPUTS, liar)[0]
    with patch.object(challenge_round, "answer_group_sums", omitted):
        assert Toy(_tied).prove(INPUTS, liar)[0] == []


def _tied(ar: Arithmetic, root: Lanes) -> None:
    define(ar, root)
    for sums in ar.group_sums:
        _touch(ar, sums)


def _touch(ar: Arithmetic, sums: GroupSum) -> None:
    """A constraint that says nothing, for the keys to be in one."""
    for value in (sums.member_key, sums.group_key):
        ar.assert_zero_product("touch", value, ar.field_constant(value.lanes, 0))


# --- tables of wires ----------------------------------------------------------------------------

TAG = FIRST_WIRE_TAG


def table(ar: Arithmetic, root: Lanes) -> None:
    """y = the entry beside x in the first table, and its square in the second."""
    rows = ar.lanes("row", 3, root)
    x = ar.integer_hint("x", rows, 4, ar.input("xs"))
    y = ar.integer_hint("y", rows, 8, ar.input("ys"))
    offer_rows(ar, "plain", TAG, (x, y), [ar.constant(root, 0)])
    offer_rows(ar, "square", TAG + 1, (x, ar.product("square", y, y)), [ar.constant(root, 0)])
    wanted = ar.integer_hint("wanted", root, 4, ar.input("wanted"))
    ar.publish("wanted", wanted)
    for name, tag in (("plain", TAG), ("square", TAG + 1)):
        (found,) = ar.hint(name, root, 1, ar.input(name))
        ar.publish(name, look_up_wires(ar, name, tag, (wanted, found), [ar.constant(root, 0)])[1])


ROWS = {"xs": [1, 2, 3], "ys": [10, 20, 30], "wanted": [2], "plain": [20], "square": [400]}


def test_a_row_of_wires_is_found_by_its_entries() -> None:
    assert Toy(table).prove(ROWS) == ([], (2, 20, 400))


def test_other_rows_other_tables_and_no_rows_are_refused() -> None:
    for change in ({"plain": [10]}, {"plain": [400]}, {"square": [20]}, {"wanted": [4]}):
        assert Toy(table).prove(ROWS | change)[0]


def test_multiplicities_of_rows_cannot_be_forged() -> None:
    lie = both(
        at("/plain/multiplicity", lambda a: (a[0] * 0 - 1,)),
        at("/square/multiplicity", lambda a: (a[0] * 0 + 1,)),
    )
    assert Toy(table).prove(ROWS, lie)[0]


def _without(**left: Any) -> AbstractContextManager[object]:
    """The worth of rows and queries with a part left out."""
    honest = wire_tables._worth

    def worth(ar: Arithmetic, rows: WireRows, powers: list[FieldElement], found: Any) -> Any:
        return honest(ar, replace(rows, **left), powers, found)

    return patch.object(wire_tables, "_worth", worth)


def one_more(path: str, lane: int) -> Liar:
    """A row counted once more than it is asked for: what a lie about a value makes it."""

    def change(arrays: Claims) -> Claims:
        arrays[0][lane] += 1
        return arrays

    return at(path, change)


def test_without_tags_a_table_answers_for_another() -> None:
    """Refused though the row that the lie takes is counted."""
    lie = one_more("/square/multiplicity", 1)
    assert Toy(table).prove(ROWS | {"plain": [400]}, lie)[0] == ["root[0]/balance"]
    with _without(tag=0):
        assert Toy(table).prove(ROWS | {"plain": [400]}, lie) == ([], (2, 400, 400))


def numbered(ar: Arithmetic, root: Lanes) -> None:
    """The value of the row whose number is shown."""
    rows = ar.lanes("row", 3, root)
    number = ar.integer_hint("number", rows, 4, ar.input("numbers"))
    offer_rows(ar, "rows", TAG, [ar.integer_hint("y", rows, 8, ar.input("ys"))], [number])
    wanted = ar.integer_hint("wanted", root, 4, ar.input("wanted"))
    ar.publish("wanted", wanted)
    (found,) = ar.hint("found", root, 1, ar.input("found"))
    ar.publish("found", look_up_wires(ar, "rows", TAG, [found], [wanted])[0])


def test_without_numbers_a_row_answers_for_another() -> None:
    inputs = {"numbers": [1, 2, 3], "ys": [10, 20, 30], "wanted": [2], "found": [20]}
    tied = Toy(_tie_numbers)
    assert tied.prove(inputs) == ([], (2, 20))
    lie = one_more("/rows/multiplicity", 2)
    assert tied.prove(inputs | {"found": [30]}, lie)[0] == ["root[0]/balance"]
    with _without(index=()):
        assert tied.prove(inputs | {"found": [30]}, lie) == ([], (2, 30))


def _tie_numbers(ar: Arithmetic, root: Lanes) -> None:
    numbered(ar, root)
    for rows in (*ar.wire_rows, *ar.wire_queries):
        for part in rows.index:
            ar.assert_zero_product("touch", part, ar.field_constant(part.lanes, 0))


def test_row_wires_are_committed() -> None:
    builder = Toy(table).trace()
    challenge_round.build(builder)
    names = [name for name in builder.wire_names.values() if name.endswith("multiplicity[0]")]
    assert len(names) == 3


def test_interval_of_a_found_entry_is_the_offered_one() -> None:
    builder = Toy(table).trace()
    found = builder.words[1].word
    assert isinstance(found, Integer)
    assert (found.lo, found.hi) == (0, 255)
    assert isinstance(pick(builder, found, found.lanes, 0), Integer)


def _second_challenge(challenge: int) -> int:
    from circuits.gadgets.poseidon import TRANSCRIPT_TAG
    from circuits.poseidon import poseidon

    return poseidon((challenge, TRANSCRIPT_TAG))
