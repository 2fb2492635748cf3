"""What both clients share about calling: channel options, deadlines, and how a watch goes on."""

from __future__ import annotations

import json
import time
from collections.abc import Callable

from node.client.errors import (
    CallError,
    DeadlineError,
    OverloadedError,
    UnavailableError,
    WaitTimeoutError,
)
from node.client.model import Job

DEFAULT_ADDRESS = "127.0.0.1:50051"
DEFAULT_TIMEOUT_SECONDS = 30.0
DEFAULT_WAIT_SECONDS = 600.0

#: One stream of a watch lives at most this long; then the client watches again. A node whose
#: machine vanished is noticed after this time.
WATCH_SLICE_SECONDS = 60.0

_LARGEST_STATUS_BYTES = 256 * 1024
_LARGEST_ANSWER_BYTES = 16 * 1024 * 1024
_FIRST_DELAY_SECONDS = 0.1
_LONGEST_DELAY_SECONDS = 5.0

_SERVICE_CONFIG = {
    "methodConfig": [
        {
            "name": [{"service": "proofmark.v1.PricingService"}],
            "retryPolicy": {
                "maxAttempts": 5,
                "initialBackoff": "0.2s",
                "maxBackoff": "2s",
                "backoffMultiplier": 2,
                "retryableStatusCodes": ["UNAVAILABLE"],
            },
        }
    ],
}

#: Nothing but UNAVAILABLE is retried, by gRPC itself. A submit carries a request id, so that a
#: retried one makes no second job. Trailers may hold every fault of a large chain.
CHANNEL_OPTIONS: list[tuple[str, str | int]] = [
    ("grpc.service_config", json.dumps(_SERVICE_CONFIG)),
    ("grpc.enable_retries", 1),
    ("grpc.initial_reconnect_backoff_ms", 100),
    ("grpc.min_reconnect_backoff_ms", 100),
    ("grpc.max_reconnect_backoff_ms", 2000),
    ("grpc.max_receive_message_length", _LARGEST_ANSWER_BYTES),
    ("grpc.max_metadata_size", 2 * _LARGEST_STATUS_BYTES),
    ("grpc.absolute_max_metadata_size", 2 * _LARGEST_STATUS_BYTES),
]

#: Without the environment's proxy (`http_proxy` and the like), which gRPC asks for loopback too:
#: what is in the clear would leave this machine.
CLEAR_CHANNEL_OPTIONS = [*CHANNEL_OPTIONS, ("grpc.enable_http_proxy", 0)]

METADATA: tuple[tuple[str, str], ...] = (("x-proofmark-status-bytes", str(_LARGEST_STATUS_BYTES)),)


def is_done(job: Job) -> bool:
    """No state will follow: what `wait` waits for unless told otherwise."""
    return job.done


class Watch:
    """The course of one watch over any number of streams; the clients only move messages."""

    def __init__(
        self,
        job_id: str,
        timeout_seconds: float,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.job_id = job_id
        self.job: Job | None = None
        self._timeout_seconds = timeout_seconds
        self._clock = clock
        self._ends = clock() + timeout_seconds
        self._delay = _FIRST_DELAY_SECONDS

    def stream_seconds(self) -> float:
        """Deadline of the next stream; raises WaitTimeoutError when the whole time is up."""
        remaining = self._ends - self._clock()
        if remaining <= 0:
            state = "never seen" if self.job is None else self._state(self.job)
            raise WaitTimeoutError(
                f"job {self.job_id} was not done after {self._timeout_seconds:g} s ({state}); it "
                "goes on in the node: wait again",
                self.job,
            )
        return min(remaining, WATCH_SLICE_SECONDS)

    def news(self, job: Job) -> bool:
        """Take a message; False if it says nothing new (a new stream repeats the current state)."""
        self._delay = _FIRST_DELAY_SECONDS
        old, self.job = self.job, job
        if old is None or job.revision > old.revision:
            return True
        return (job.progress, job.cause_message) != (old.progress, old.cause_message)

    def pause_seconds(self, error: CallError) -> float:
        """How long to wait before the next stream; raises errors that waiting does not cure."""
        if isinstance(error, DeadlineError):
            return 0.0
        if not isinstance(error, UnavailableError | OverloadedError):
            raise error
        delay = error.retry_after_seconds or self._delay
        self._delay = min(2 * self._delay, _LONGEST_DELAY_SECONDS)
        return max(0.0, min(delay, self._ends - self._clock()))

    @staticmethod
    def _state(job: Job) -> str:
        return f"{job.proving_state.name}, settlement {job.settlement_state.name}"
