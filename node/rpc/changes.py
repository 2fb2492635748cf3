"""A counter that wakes its waiters: how watchers and workers learn that something changed."""

from __future__ import annotations

import threading


class ChangeCounter:
    """Counts changes of any job; the store, the workers and the relay notify it."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._count = 0

    def count(self) -> int:
        """How many changes there have been."""
        with self._changed:
            return self._count

    def wait(self, seen: int, timeout_seconds: float) -> None:
        """Return when count() exceeds `seen`, or after the time."""
        with self._changed:
            self._changed.wait_for(lambda: self._count > seen, timeout_seconds)

    def notify(self) -> None:
        """Something changed."""
        with self._changed:
            self._count += 1
            self._changed.notify_all()
