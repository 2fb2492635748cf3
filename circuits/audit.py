"""What a reviewer wants to know of a statement before reading its code.

Everything here is computed from the traced circuit; nothing is a second description of it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from circuits.challenge_round import build
from circuits.edsl.assumptions import Assumption
from circuits.edsl.builder import CircuitBuilder
from circuits.r1cs import PUBLIC_WIRES, R1CS

#: Scopes reported below a block; deeper ones name single hints.
_DEPTH = 2


@dataclass(frozen=True)
class Audit:
    """Counts, intervals and assumptions of one statement.

    constraints     path -> constraints for one lane of its block
    lanes           block -> lanes
    wires           class name -> wires over all lanes
    intervals       (path, lo, hi) of every named integer
    """

    rows: int
    constraints: dict[str, int]
    lanes: dict[str, int]
    wires: dict[str, int]
    intervals: tuple[tuple[str, int, int], ...]
    assumptions: tuple[Assumption, ...]


def audit(builder: CircuitBuilder) -> Audit:
    """Close a traced circuit and report on it."""
    r1cs = build(builder)
    return Audit(
        rows=r1cs.row_count,
        constraints=dict(_by_path(r1cs)),
        lanes={block.name: block.lanes for block in r1cs.blocks},
        wires={
            "public": PUBLIC_WIRES,
            "committed": r1cs.committed_count,
            "private": r1cs.private_count,
        },
        intervals=tuple(builder.intervals),
        assumptions=tuple(builder.assumptions),
    )


def _by_path(r1cs: R1CS) -> Iterable[tuple[str, int]]:
    """Constraints of one lane by block and the scope they were made in."""
    counts: Counter[str] = Counter()
    for block in r1cs.blocks:
        for constraint in block.constraints:
            scopes = constraint.path.split("/")[:-1]
            inner = [scope for scope in scopes if scope != block.name]
            counts["/".join([block.name, *inner[:_DEPTH]])] += 1
    return sorted(counts.items())
