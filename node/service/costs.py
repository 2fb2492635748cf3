"""What proofs and keys cost on this machine: one number, learned from the jobs themselves."""

from __future__ import annotations

from functools import cache

from circuits.statements.option_marks import OptionMarks
from node.proving import ProvedMarks

#: Measured with two cores and the vector kernels, 64 to 4,096 options: 1.3 to 1.9 microseconds a
#: constraint, witness and check included. Without them it is four times as much, soon learned.
_SECONDS_PER_ROW = 1.5e-6

#: Making a key costs about as much as four proofs of it, at all sizes.
_KEY_IN_PROOFS = 4.0

_WEIGHT_OF_THE_LATEST = 0.2


class ProvingCosts:
    """Expected seconds, proportional to the constraints of a statement.

    The size of a statement is exact; what a constraint takes follows the jobs, the latest most.
    """

    def __init__(self) -> None:
        self._seconds_per_row = _SECONDS_PER_ROW

    def proof_seconds(self, statement: OptionMarks) -> float:
        """From a key at hand to a verified proof."""
        return _rows(statement) * self._seconds_per_row

    def key_seconds(self, statement: OptionMarks) -> float:
        """To make a development key."""
        return _KEY_IN_PROOFS * self.proof_seconds(statement)

    def learn(self, statement: OptionMarks, proved: ProvedMarks) -> None:
        """Take a job's own timings into account."""
        seconds = proved.witness_seconds + proved.proof_seconds + proved.check_seconds
        latest = seconds / _rows(statement)
        self._seconds_per_row += _WEIGHT_OF_THE_LATEST * (latest - self._seconds_per_row)


@cache
def _rows(statement: OptionMarks) -> int:
    """Tracing takes a twentieth of a second: asked for every waiting job, done once a statement."""
    return statement.r1cs().row_count
