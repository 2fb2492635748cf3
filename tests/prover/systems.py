"""Small constraint systems with a committed round, and witnesses for them."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from circuits.field import BN254_FR, FieldArray, pack_scalars
from circuits.r1cs import (
    CHALLENGE,
    FINGERPRINT,
    FIRST_LANE,
    ONE,
    R1CS,
    SAME_LANE,
    Block,
    ChallengeCollisionError,
    Column,
    Constraint,
    LaneMap,
    Term,
    Wire,
    WireClass,
)
from prover import transcript
from prover.identity import StatementIdentity

MODULUS = BN254_FR.modulus
PUBLIC_BLOCK = Block("public", lanes=1, committed=0, private=0, constraints=())


def public(index: int, coefficient: int | Column = 1) -> Term:
    return Term(Wire(0, WireClass.PUBLIC, index), FIRST_LANE, coefficient)


def committed(block: int, index: int, lanes: LaneMap = SAME_LANE, coefficient: int = 1) -> Term:
    return Term(Wire(block, WireClass.COMMITTED, index), lanes, coefficient % MODULUS)


def private(block: int, index: int, lanes: LaneMap = SAME_LANE, coefficient: int = 1) -> Term:
    return Term(Wire(block, WireClass.PRIVATE, index), lanes, coefficient % MODULUS)


def squares_system(lanes: int, word_count: int) -> R1CS:
    """y = x^2 in every lane, 1/(challenge - x) exists, and the first y are the public words.

    Block 1 folds the words into the fingerprint, block 2 holds the squares, block 3 compares.
    """
    before = private(1, 0, LaneMap(1, -1, 1))
    fold = (private(1, 0), committed(1, 0, coefficient=-1))
    horner = Constraint((before, public(ONE, Column(0))), (public(CHALLENGE),), fold, "horner")
    word = Constraint((committed(1, 0),), (public(ONE),), (committed(2, 1),), "word")
    words = Block("words", lanes=word_count, committed=1, private=1, constraints=(horner, word))
    root, distance = committed(2, 0), (public(CHALLENGE), committed(2, 0, coefficient=-1))
    square = Constraint((root,), (root,), (committed(2, 1),), "square")
    inverse = Constraint((private(2, 0),), distance, (public(ONE),), "inverse")
    squares = Block("squares", lanes=lanes, committed=2, private=1, constraints=(square, inverse))
    last = LaneMap(0, word_count - 1, 1)
    final = Constraint((private(1, 0, last),), (public(ONE),), (public(FINGERPRINT),), "final")
    result = Block("result", lanes=1, committed=0, private=0, constraints=(final,))
    column = (word_count, *[0] * (word_count - 1))
    return R1CS((PUBLIC_BLOCK, words, squares, result), (column,))


@dataclass
class SquaresWitness:
    """A witness of `squares_system`; `words` are the first squares."""

    roots: Sequence[int]
    word_count: int
    challenges: list[int] = field(default_factory=list)

    @property
    def words(self) -> tuple[int, ...]:
        return tuple(x * x % MODULUS for x in self.roots[: self.word_count])

    def committed(self) -> FieldArray:
        return pack_scalars([*self.words, *self.roots, *[x * x for x in self.roots]])

    def respond(self, challenge: int) -> tuple[int, FieldArray]:
        self.challenges.append(challenge)
        if challenge in self.roots:
            raise ChallengeCollisionError
        sums = [self.word_count]
        for word in self.words:
            sums.append((sums[-1] * challenge + word) % MODULUS)
        inverses = BN254_FR.batch_inverse([challenge - x for x in self.roots])
        return sums[-1], pack_scalars([*sums[1:], *inverses])


def description(word_count: int, name: str = "squares") -> StatementIdentity:
    return StatementIdentity(name, 1, b"test", word_count)


def squares(lanes: int, word_count: int, seed: int = 1) -> tuple[R1CS, SquaresWitness]:
    generator = random.Random(seed)
    roots = generator.sample(range(1 << 14), lanes)
    return squares_system(lanes, word_count), SquaresWitness(roots, word_count)


Combination = list[tuple[Wire, int]]


@dataclass
class RandomWitness:
    """Evaluates the rows of `random_system` in order."""

    words: tuple[int, ...]
    inputs: dict[Wire, int]
    rows: list[tuple[Combination, Combination, Wire]]
    wires: Callable[[WireClass], list[Wire]]

    def _evaluate(self, values: dict[Wire, int], wire_class: WireClass) -> FieldArray:
        def total(combination: Combination) -> int:
            return sum(values[wire] * coefficient for wire, coefficient in combination)

        for left, right, output in self.rows:
            if output.wire_class <= wire_class:
                values[output] = total(left) * total(right) % MODULUS
        return pack_scalars([values[wire] for wire in self.wires(wire_class)])

    def committed(self) -> FieldArray:
        return self._evaluate(dict(self.inputs), WireClass.COMMITTED)

    def respond(self, challenge: int) -> tuple[int, FieldArray]:
        fingerprint = transcript.fingerprint(self.words, challenge)
        values = {_public_wire(ONE): 1, _public_wire(CHALLENGE): challenge, **self.inputs}
        values[_public_wire(FINGERPRINT)] = fingerprint
        return fingerprint, self._evaluate(values, WireClass.PRIVATE)


def _public_wire(index: int) -> Wire:
    return Wire(0, WireClass.PUBLIC, index)


def random_system(seed: int, row_count: int, inputs: int = 3) -> tuple[R1CS, RandomWitness]:
    """Each row multiplies two random combinations of earlier wires into a new wire."""
    generator = random.Random(seed)
    counts = {WireClass.COMMITTED: inputs, WireClass.PRIVATE: 0}

    def known(wire_class: WireClass) -> list[Wire]:
        return [Wire(1, wire_class, index) for index in range(counts[wire_class])]

    def combination(pool: list[Wire]) -> Combination:
        wires = generator.sample(pool, k=min(len(pool), generator.randint(1, 4)))
        scales = [1, MODULUS - 1, generator.randrange(1, MODULUS), generator.randrange(1, 9)]
        return [(wire, generator.choice(scales)) for wire in wires]

    rows: list[tuple[Combination, Combination, Wire]] = []
    for row in range(row_count):
        pools = {WireClass.COMMITTED: known(WireClass.COMMITTED)}
        publics = [_public_wire(i) for i in (ONE, CHALLENGE, FINGERPRINT)]
        pools[WireClass.PRIVATE] = publics + pools[WireClass.COMMITTED] + known(WireClass.PRIVATE)
        output_class = generator.choice([WireClass.COMMITTED, WireClass.PRIVATE])
        pool = pools[output_class]
        # Every input is used: no wire may stay unconstrained.
        left = [*combination(pool), (pools[WireClass.COMMITTED][row % inputs], 1)]
        output = Wire(1, output_class, counts[output_class])
        rows.append((left, combination(pool), output))
        counts[output_class] += 1
    constraints = tuple(
        Constraint(_terms(left), _terms(right), (Term(output, SAME_LANE, 1),), f"row{index}")
        for index, (left, right, output) in enumerate(rows)
    )
    sizes = (counts[WireClass.COMMITTED], counts[WireClass.PRIVATE])
    block = Block("random", lanes=1, committed=sizes[0], private=sizes[1], constraints=constraints)
    values = {wire: generator.randrange(MODULUS) for wire in known(WireClass.COMMITTED)[:inputs]}
    words = tuple(generator.randrange(1 << 248) for _ in range(3))
    return R1CS((PUBLIC_BLOCK, block)), RandomWitness(words, values, rows, known)


def _terms(combination: Combination) -> tuple[Term, ...]:
    return tuple(
        Term(wire, FIRST_LANE if wire.block == 0 else SAME_LANE, coefficient)
        for wire, coefficient in combination
    )
