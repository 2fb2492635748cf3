"""Opening what the words name by digest: parameters, market and the committed book.

A sponge step is a lane: its digest so far, and 15 elements. One template serves all steps of both
digests; what a lane reads is tied to its source one by one, so the order is the listing's.
"""

from __future__ import annotations

from collections.abc import Sequence

from circuits.edsl.arithmetic import Arithmetic, HintFunction
from circuits.edsl.lanes import Lanes
from circuits.edsl.numbers import LaneVector
from circuits.edsl.values import FieldElement
from circuits.field import BN254_FR
from circuits.gadgets.equality import assert_equal, pick_any
from circuits.gadgets.poseidon import poseidon
from circuits.poseidon import poseidon as hash_numbers
from circuits.statements.packing import ceil_div, chunks
from circuits.statements.portfolio_margin.book import DUMMY_LEG
from circuits.statements.portfolio_margin.commitment import (
    CHUNK_LEAVES,
    PORTFOLIO_TAG,
    empty_chunk,
)
from circuits.statements.portfolio_margin.market import MARKET_TAG
from circuits.statements.portfolio_margin.model.contingencies import Holdings
from circuits.statements.portfolio_margin.model.legs import Legs
from circuits.statements.portfolio_margin.parameters import PARAMETERS_TAG
from circuits.statements.portfolio_margin.sponge import ABSORBED
from circuits.statements.portfolio_margin.units import LEAVES


def open_digests(
    ar: Arithmetic,
    root: Lanes,
    parameters: Sequence[FieldElement],
    market: Sequence[FieldElement],
) -> tuple[FieldElement, FieldElement]:
    """The digests of both lists of elements (root)."""
    steps: list[list[FieldElement | int]] = []
    firsts = []
    for tag, elements in ((PARAMETERS_TAG, parameters), (MARKET_TAG, market)):
        firsts.append(len(steps))
        for part in chunks(elements, ABSORBED):
            start: list[FieldElement | int] = [tag] if len(steps) == firsts[-1] else [-1]
            steps.append([*start, *part, *[0] * (ABSORBED - len(part))])
    lanes = ar.lanes("sponge", len(steps), root)
    columns = _numbers(ar, steps)
    with ar.scope("sponge"):
        inputs = [
            ar.hint(f"input[{i}]", lanes, 1, _column(ar, columns, i))[0]
            for i in range(ABSORBED + 1)
        ]
        digest = poseidon(ar, "digest", inputs)
    with ar.scope("sponge_inputs"):
        for lane, step in enumerate(steps):
            carried = step[0] if lane in firsts else pick_any(ar, digest, root, lane - 1)
            for position, source in enumerate([carried, *step[1:]]):
                here = pick_any(ar, inputs[position], root, lane)
                assert_equal(ar, f"step[{lane}][{position}]", here, source)
    last = len(steps) - 1
    return pick_any(ar, digest, root, firsts[1] - 1), pick_any(ar, digest, root, last)


def open_commitment(
    ar: Arithmetic, root: Lanes, legs: Legs, holdings: Holdings, head: Sequence[FieldElement]
) -> FieldElement:
    """The commitment to a book; `head` is group, account id, settled through, salt."""
    slots = legs.lanes.count
    lanes = ar.lanes("chunk", ceil_div(slots, CHUNK_LEAVES), root)
    with ar.scope("chunk"):
        leaves = [
            ar.gather(legs.packed, lanes, CHUNK_LEAVES, position)
            if position < slots
            else ar.field_constant(lanes, DUMMY_LEG)
            for position in range(CHUNK_LEAVES)
        ]
        digest = poseidon(ar, "digest", leaves)
    full = lanes.count
    hashed = [pick_any(ar, digest, root, chunk) for chunk in range(full)]
    empty = [ar.field_constant(root, empty_chunk())] * (LEAVES // CHUNK_LEAVES - full)
    tag = ar.field_constant(root, PORTFOLIO_TAG)
    fields = [tag, *head, holdings.packed_cash, *hashed, *empty, holdings.packed_linear]
    with ar.scope("commitment"):
        return poseidon(ar, "commitment", fields)


def _numbers(ar: Arithmetic, steps: list[list[FieldElement | int]]) -> list[list[int]]:
    """What each lane absorbs, as numbers, with every digest so far in front."""
    found: list[list[int]] = []
    for step in steps:
        values = [
            source
            if isinstance(source, int)
            else (ar.compute(source.lanes, lambda v: v.tolist(), source) or [0])[0]
            for source in step
        ]
        if values[0] == -1:
            values[0] = hash_numbers(found[-1])
        found.append([int(v) % BN254_FR.modulus for v in values])
    return found


def _column(ar: Arithmetic, rows: list[list[int]], position: int) -> HintFunction:
    def column() -> LaneVector:
        return ar.numbers.vector([row[position] for row in rows])

    return column
