"""What can go wrong while proving.

NodeError
└── ProvingError
    ├── JobFailedError        the job cannot be proven; has a typed cause; it is not tried again
    ├── TaskError             bytes that are no task of ours
    └── WorkerLostError       the worker process died; its jobs are tried again
"""

from __future__ import annotations

from node.errors import NodeError, Reason
from node.values import JobCause


class ProvingError(NodeError):
    """Base of this room's errors."""

    reason = Reason.INTERNAL


class JobFailedError(ProvingError):
    """The job cannot be proven, for a reason that another try will not cure."""

    def __init__(self, cause: JobCause, message: str) -> None:
        super().__init__(message)
        self.cause = cause
        self.message = message


class TaskError(ProvingError):
    """Bytes that are no task, or a task this program does not know."""


class WorkerLostError(ProvingError):
    """The worker process ended with jobs in its hands."""
