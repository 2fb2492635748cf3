"""How often something may be asked for: a bucket that fills steadily."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable


class RateLimit:
    """`per_minute` at most, a minute's worth at once after a rest. Safe to use from threads."""

    def __init__(self, per_minute: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._per_minute = per_minute
        self._clock = clock
        self._lock = threading.Lock()
        self._left = float(per_minute)
        self._looked = clock()

    def take(self) -> float:
        """0, and one less is left; or the seconds until there is one again."""
        with self._lock:
            now = self._clock()
            filled = self._left + (now - self._looked) * self._per_minute / 60
            self._left, self._looked = min(filled, float(self._per_minute)), now
            if self._left >= 1:
                self._left -= 1
                return 0.0
            return (1 - self._left) * 60 / self._per_minute
