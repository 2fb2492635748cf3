"""Which job is next: a pure function of what waits, so that it can be simulated.

Every job is due some time after it came, in proportion to what it costs, and the one that is due
earliest goes first. So short jobs overtake a long one that came a little before them, and none
overtakes it that comes after it is due: it cannot starve, however many they are.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

PATIENCE = 10.0
"""A job is due after this many times its own length."""

NEAR_SECONDS = 10.0
"""A client's deadline as near as this goes before everything else."""


@dataclass(frozen=True)
class WaitingJob:
    """A job that waits: since when, for how long a worker will be on it, by when it must begin."""

    job_id: str
    waited_seconds: float
    expected_seconds: float
    seconds_to_deadline: float | None = None

    @property
    def seconds_to_due(self) -> float:
        """Negative where it is overdue."""
        return PATIENCE * self.expected_seconds - self.waited_seconds


def next_job(waiting: Sequence[WaitingJob]) -> WaitingJob:
    """The job whose turn it is; `waiting` is not empty, the first one wins a tie."""

    def rank(job: WaitingJob) -> tuple[bool, float]:
        deadline = job.seconds_to_deadline
        if deadline is not None and deadline <= NEAR_SECONDS:
            return False, deadline
        return True, job.seconds_to_due

    return min(waiting, key=rank)
