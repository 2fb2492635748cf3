"""The size of a proof whose client named none: the one that is proven soonest.

The smallest that fits is the cheapest to prove. Only where its key would have to be made first may
a larger one with a key at hand be quicker. What clients wait longer for that is added up: when it
comes to the time of making the key, the key is made, so that at worst twice the time is spent that
hindsight would have spent (the ski rental rule).
"""

from __future__ import annotations

import threading
from collections import defaultdict
from collections.abc import Sequence

from circuits.statements.option_marks import OptionMarks, Shape
from node.keys import KeyStore, KeyStoreError
from node.proving.task import option_marks
from node.service.costs import ProvingCosts
from node.values import MarksStatement


class Sizing:
    """Chooses sizes; may be asked from any thread."""

    def __init__(self, keys: KeyStore, costs: ProvingCosts) -> None:
        self._keys = keys
        self._costs = costs
        self._lock = threading.Lock()
        self._waited_longer: defaultdict[OptionMarks, float] = defaultdict(float)

    def choose(self, statement: MarksStatement, shapes: Sequence[Shape], profile: str) -> Shape:
        """One of the shapes, which all fit; the smallest comes first."""
        smallest, *larger = (option_marks(statement, shape, profile) for shape in shapes)
        if not larger or self._has_key(smallest):
            return smallest.shape
        keyed = next((marks for marks in larger if self._has_key(marks)), None)
        if keyed is None:
            return smallest.shape
        extra = self._costs.proof_seconds(keyed) - self._costs.proof_seconds(smallest)
        with self._lock:
            if self._waited_longer[smallest] + extra >= self._costs.key_seconds(smallest):
                return smallest.shape
            self._waited_longer[smallest] += extra
        return keyed.shape

    def _has_key(self, marks: OptionMarks) -> bool:
        try:
            entry = self._keys.find(marks)
        except KeyStoreError:  # the worker will meet it too, and the job then says what it is
            return False
        return entry is not None and entry.proving_key_bytes > 0
