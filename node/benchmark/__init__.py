"""What the prover costs on this machine: time by phase, and memory, of processes of their own.

`proofmark bench` sizes a node with it, and `make bench` compares with other tools' figures.
"""

from node.benchmark.engine import TimedEngine
from node.benchmark.marks import Marks, make_key, prove_marks
from node.benchmark.model import ProvingFigures, Repeats, Run, SetupFigures
from node.benchmark.process import in_own_process, peak_memory_bytes
from node.benchmark.stopwatch import Span, Stopwatch, median_span

__all__ = [
    "Marks",
    "ProvingFigures",
    "Repeats",
    "Run",
    "SetupFigures",
    "Span",
    "Stopwatch",
    "TimedEngine",
    "in_own_process",
    "make_key",
    "median_span",
    "peak_memory_bytes",
    "prove_marks",
]
