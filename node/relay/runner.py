"""Runs a relay in a thread: at intervals, and at once when the store changes."""

import threading
import time
from collections.abc import Callable

import structlog

from node.relay.desk import Event
from node.relay.relay import Relay
from node.store import LeaseLostError, Store

__all__ = ["RelayRunner"]

_log = structlog.get_logger("proofmark.relay")


class RelayRunner:
    """Steps a relay until stopped. ``on_event`` gets every event, for metrics.

    A step that fails unexpectedly is logged and tried again; losing the store's lease ends the
    runner, and ``failure`` says so.
    """

    def __init__(
        self,
        relay: Relay,
        store: Store,
        *,
        interval: float = 1.0,
        clock: Callable[[], float] = time.time,
        on_event: Callable[[Event], None] | None = None,
    ) -> None:
        self._relay = relay
        self._interval = interval
        self._clock = clock
        self._on_event = on_event
        self._wake = threading.Event()
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="relay", daemon=True)
        self._unsubscribe = store.subscribe(lambda _job_id: self._wake.set())
        self.failure: LeaseLostError | None = None

    def start(self) -> None:
        """Start the thread."""
        self._thread.start()

    def stop(self, timeout: float | None = None) -> None:
        """End after the step under way; harmless when not started or stopped already."""
        self._stopping.set()
        self._wake.set()
        self._unsubscribe()
        if self._thread.ident is not None:
            self._thread.join(timeout)

    @property
    def is_alive(self) -> bool:
        """Whether the thread runs."""
        return self._thread.is_alive()

    def _run(self) -> None:
        while not self._stopping.is_set():
            self._wake.clear()
            try:
                self._step()
            except LeaseLostError as error:
                self.failure = error
                _log.critical("lease lost, relay stopped", reason=str(error))
                return
            except Exception:  # whatever it was, the store still knows all that matters
                _log.exception("relay step failed")
                self._stopping.wait(self._interval)
            self._wake.wait(self._interval)

    def _step(self) -> None:
        for event in self._relay.step(int(self._clock() * 1_000)):
            _log.info(
                "relay",
                kind=event.kind,
                outbox_id=event.entry_id,
                cause=event.cause,
                detail=event.detail,
            )
            if self._on_event is not None:
                self._on_event(event)
