"""What can go wrong with the store.

NodeError
└── StoreError
    ├── StoreInUseError        another node writes to this store
    ├── LeaseLostError         this node no longer may: another took over
    ├── StoreUnusableError     not our database, damaged, unreachable, or of a newer release
    ├── JobUnknownError        no job of that id
    ├── RequestIdTakenError    the request id came with other content before
    ├── SlotTakenError         another attestation is on its way to the same place on chain
    └── TransitionError        the state machine has no such step from the present state
"""

from node.errors import NodeError, Reason

__all__ = [
    "JobUnknownError",
    "LeaseLostError",
    "RequestIdTakenError",
    "SlotTakenError",
    "StoreError",
    "StoreInUseError",
    "StoreUnusableError",
    "TransitionError",
]


class StoreError(NodeError):
    """Any failure of the store."""


class StoreInUseError(StoreError):
    """Another node holds the store; two writers would settle twice."""

    reason = Reason.STORE_IN_USE


class LeaseLostError(StoreError):
    """The writer's lease went to another node: stop, and write nothing more."""

    reason = Reason.STORE_IN_USE


class StoreUnusableError(StoreError):
    """The database cannot be opened, is not ours, or was written by a newer release."""

    reason = Reason.FILE_UNREADABLE


class JobUnknownError(StoreError):
    """There is no job of that id."""

    reason = Reason.JOB_NOT_FOUND


class RequestIdTakenError(StoreError):
    """A request id came twice with different content."""

    reason = Reason.REQUEST_ID_REUSED

    def __init__(self, request_id: str, job_id: str) -> None:
        super().__init__(
            f"request id {request_id!r} belongs to job {job_id}, submitted with other content: "
            "use a new request id for a new request"
        )
        self.request_id = request_id
        self.job_id = job_id


class SlotTakenError(StoreError):
    """Other words wait for the same key, consumer, subject and sequence, or have settled there."""

    reason = Reason.SLOT_TAKEN


class TransitionError(StoreError):
    """A state change that the state machine does not allow from where the row is."""

    def __init__(self, what: str, present: str, wanted: str) -> None:
        super().__init__(f"{what} is {present}, which does not lead to {wanted}")
        self.present = present
        self.wanted = wanted
