"""A job in a worker's hands: how far it is, and how much of its time is left."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto

from node.proving.ports import ClaimedJob


class Stage(Enum):
    """How far a worker is with a job."""

    TAKEN = auto()
    PREPARING = auto()
    READY = auto()
    PROVING = auto()


@dataclass
class HeldJob:
    """A job and its time: `seconds_left` run while a worker is on it and stand while it waits.

    `since` is when the worker took up the present stage; None where the job waits for its turn.
    """

    job: ClaimedJob
    seconds_left: float
    stage: Stage = Stage.TAKEN
    since: float | None = None

    @property
    def is_worked_on(self) -> bool:
        """Whether the worker is busy with it now."""
        return self.since is not None

    def enter(self, stage: Stage, now: float) -> None:
        """Move on; the time runs while preparing and proving."""
        if self.since is not None:
            self.seconds_left -= now - self.since
        self.stage = stage
        self.since = now if stage in (Stage.PREPARING, Stage.PROVING) else None

    def is_overdue(self, now: float) -> bool:
        """Whether the worker has been on it for longer than it may."""
        return self.since is not None and now - self.since > self.seconds_left
