"""Proving: jobs from a queue, through worker processes that keep their keys, back as proofs."""

from node.proving.driver import ProvingSettings, usual_workers
from node.proving.errors import JobFailedError, ProvingError, TaskError
from node.proving.ports import ClaimedJob, ProofQueue, ProvedMarks, Recipe
from node.proving.service import ProvingService, WorkerHealth

__all__ = [
    "ClaimedJob",
    "JobFailedError",
    "ProofQueue",
    "ProvedMarks",
    "ProvingError",
    "ProvingService",
    "ProvingSettings",
    "Recipe",
    "TaskError",
    "WorkerHealth",
    "usual_workers",
]
