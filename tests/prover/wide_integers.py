"""Integers of all widths and signs, and the Python numbers that judge the native ones."""

from __future__ import annotations

from hypothesis import strategies as st

from circuits.edsl import PythonNumbers, RowTable
from circuits.field import BN254_FR

R = BN254_FR.modulus
LIMIT = 1 << 255
PYTHON = PythonNumbers()

EDGES = [0, 1, -1, LIMIT - 1, -LIMIT, 1 << 64, -(1 << 128), (1 << 253) - 1, -(1 << 253), R, -R]

_widths = st.sampled_from([3, 14, 63, 64, 65, 126, 128, 190, 192, 253, 255])
_any = _widths.flatmap(lambda bits: st.integers(-(1 << bits), (1 << bits) - 1))
integers = _any | st.sampled_from(EDGES)
roots = st.integers(0, LIMIT - 1) | st.integers(0, 1 << 127)
vectors = st.lists(integers, min_size=1, max_size=5)
pairs = st.lists(st.tuples(integers, integers), min_size=1, max_size=5)

TABLE = RowTable("cubes", 2, tuple((j, 3 - j, -j * j << 120, 7) for j in range(6)), indexed=True)
