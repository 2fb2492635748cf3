"""How often something may be asked for by each caller: buckets that fill steadily."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

_FULL_AFTER_SECONDS = 60.0
_MOST_CALLERS = 10_000
"""Remembered at a time; beyond, the one longest unheard of is forgotten."""


class RateLimit:
    """`per_minute` at most of each, a minute's worth at once after a rest. Threads may share it."""

    def __init__(self, per_minute: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._per_minute = per_minute
        self._clock = clock
        self._lock = threading.Lock()
        self._buckets: dict[str, tuple[float, float]] = {}  # what is left and when; oldest first

    def __len__(self) -> int:
        return len(self._buckets)

    def take(self, caller: str) -> float:
        """0, and one less is left; or the seconds until there is one again."""
        with self._lock:
            now, full = self._clock(), float(self._per_minute)
            left, looked = self._buckets.pop(caller, (full, now))
            left = min(left + (now - looked) * full / _FULL_AFTER_SECONDS, full)
            delay = 0.0 if left >= 1 else (1 - left) * _FULL_AFTER_SECONDS / full
            self._buckets[caller] = left if delay else left - 1, now
            self._forget(now)
            return delay

    def _forget(self, now: float) -> None:
        """Whoever has not asked for a minute has a full bucket, as somebody new has."""
        while len(self._buckets) > 1:
            caller, (_, looked) = next(iter(self._buckets.items()))
            if now - looked < _FULL_AFTER_SECONDS and len(self._buckets) <= _MOST_CALLERS:
                return
            del self._buckets[caller]
