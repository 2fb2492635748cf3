"""Closing a circuit: lookups by LogUp and the fingerprint of the public words.

    query of worth e ──▶ h = 1 / (X - e) ─┐
                                          ├─▶ sum of all h = sum of all w        (one row)
    row of worth t   ──▶ w = m / (X - t) ─┘

    k ─▶ word_1 ─▶ word_2 ─▶ … ─▶ word_k ─▶ fingerprint     acc_i = acc_(i-1) X + word_i

Each arrow of the second line is one constraint. Words come in chunks, one chunk to a lane space:
inside a chunk lane l reads lane l - 1, and its lane 0 reads the last lane of the chunk before.

LogUp (Haböck 2022, "Multivariate lookups based on logarithmic derivatives", Lemma 5): with X = the
challenge, every query e equals some row t exactly when

    sum over queries 1/(X - e)  =  sum over rows m_t / (X - t)

up to (queries + rows)/r probability, provided queries and multiplicities were committed before X.
A row query is worth  sum_k Y^k c_k + Y^5 * index + Y^6 * tag  with Y = Poseidon(X, tag), where
sum_k c_k u^k is the polynomial itself: its Taylor coefficients at u are folded by Horner's rule in
(Y - u), so D + 1 products bind the value and every derivative at once.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from circuits.edsl.arithmetic import Arithmetic
from circuits.edsl.builder import CircuitBuilder
from circuits.edsl.evaluation import WitnessArithmetic
from circuits.edsl.lookups import INDEX_POWER, TAG_POWER, RowQuery, RowTable
from circuits.edsl.response import BuilderResponse, Response, TableBlock, WitnessResponse
from circuits.edsl.values import CircuitError, FieldElement
from circuits.field import BN254_FR, FieldArray
from circuits.gadgets.poseidon import second_challenge
from circuits.multiplicities import range_multiplicities, row_multiplicities
from circuits.r1cs import R1CS, WireClass
from circuits.wire_tables import answer_group_sums, answer_wire_rows, commit_wire_rows


@dataclass(frozen=True)
class Committed:
    """Multiplicities of constant tables, and of rows made of wires."""

    blocks: tuple[TableBlock, ...]
    wire_counts: tuple[FieldElement, ...]


def commit_tables(ar: Arithmetic) -> Committed:
    """Commit the multiplicities of every table the queries use; ends the first phase."""
    root = ar.spaces[0]
    size = 1 << ar.limb_bits
    lanes = ar.lanes("range", size, root)
    with ar.scope("range"):
        (counts,) = ar.hint("multiplicity", lanes, 1, lambda: range_multiplicities(ar, size))
    blocks = [TableBlock(None, lanes, counts)]
    for table in _tables(ar.row_queries):
        lanes = ar.lanes(table.name, len(table.rows), root)
        with ar.scope(table.name):
            (counts,) = ar.hint("multiplicity", lanes, 1, partial(row_multiplicities, ar, table))
        blocks.append(TableBlock(table, lanes, counts))
    return Committed(tuple(blocks), tuple(commit_wire_rows(ar)))


def answer(response: Response, committed: Committed) -> None:
    """The second phase: everything that depends on the challenge."""
    ar = response.ar
    root = ar.spaces[0]
    with ar.scope("challenge"):
        powers = _powers(ar, second_challenge(ar, response.challenge(root)))
    removed = []
    for block in committed.blocks:
        with ar.scope(block.lanes.name):
            removed.append(response.row_inverses(block, powers))
    added: list[FieldElement] = []
    for query in ar.range_queries:
        with ar.scope(query.path):
            added.append(response.query_inverse(query.value, None, query.value.payload))
    for row_query in ar.row_queries:
        with ar.scope(row_query.path):
            worth = _fold(ar, row_query, powers)
            added.append(response.query_inverse(worth, row_query.table, row_query.row))
    wires = answer_wire_rows(response, committed.wire_counts, powers)
    response.assert_balanced(added + wires[0], removed + wires[1])
    answer_group_sums(response, powers[0])
    with ar.scope("fingerprint"):
        _fingerprint(response)


def build(builder: CircuitBuilder) -> R1CS:
    """Close a traced circuit and return its constraint system."""
    answer(BuilderResponse(builder), commit_tables(builder))
    return builder.build()


class StatementWitness:
    """Both phases of an evaluated statement (`circuits.r1cs.TwoPhaseWitness`)."""

    def __init__(self, witness: WitnessArithmetic) -> None:
        self._witness = witness
        self._tables = commit_tables(witness)
        self.words = tuple(
            word % BN254_FR.modulus
            for chunk in witness.words
            for word in chunk.word.payload.tolist()
        )

    def committed(self) -> FieldArray:
        """Values of the committed wires."""
        return self._witness.packed(WireClass.COMMITTED)

    def respond(self, challenge: int) -> tuple[int, FieldArray]:
        """The fingerprint and the private wires."""
        self._witness.forget_private()
        response = WitnessResponse(self._witness, challenge)
        answer(response, self._tables)
        return response.fingerprint, self._witness.packed(WireClass.PRIVATE)


def _fold(ar: Arithmetic, query: RowQuery, powers: list[FieldElement]) -> FieldElement:
    """The query's worth: Horner's rule over its Taylor coefficients in (Y - u)."""
    step = powers[0] - query.at
    worth = query.taylor[-1]
    for order in range(len(query.taylor) - 2, -1, -1):
        worth = query.taylor[order] + ar.multiply(f"taylor[{order}]", worth, step)
    if query.index is not None:
        worth = worth + ar.multiply("index", powers[INDEX_POWER - 1], query.index)
    return worth + powers[TAG_POWER - 1] * query.table.tag


def _powers(ar: Arithmetic, base: FieldElement) -> list[FieldElement]:
    """Y, Y^2, …, Y^TAG_POWER: as many as a query's worth is folded with."""
    powers = [base]
    for exponent in range(2, TAG_POWER + 1):
        powers.append(ar.multiply(f"power[{exponent}]", powers[-1], base))
    return powers


def _fingerprint(response: Response) -> None:
    """sum word_i * X^(k - i) + k * X^k by Horner's rule, starting with the number of words k."""
    chunks = response.ar.words
    running: FieldElement | int = sum(chunk.word.lanes.count for chunk in chunks)
    for chunk in chunks:
        running = response.horner(chunk.word, running)
    if isinstance(running, int):
        raise ValueError("a statement without words")
    response.assert_fingerprint(running)


def _tables(queries: Sequence[RowQuery]) -> list[RowTable]:
    """The tables in use by tag; two that share a tag would answer for each other."""
    by_tag: dict[int, RowTable] = {}
    for query in queries:
        if by_tag.setdefault(query.table.tag, query.table) is not query.table:
            raise CircuitError(f"{query.path}: two tables have tag {query.table.tag}")
    return [by_tag[tag] for tag in sorted(by_tag)]
