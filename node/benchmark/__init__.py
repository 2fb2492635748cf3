"""What the prover costs on this machine: time by phase, and memory, of processes of their own.

`proofmark bench` sizes a node with it, and `make bench` compares with other tools' figures.
"""

from node.benchmark.engine import TimedEngine
from node.benchmark.margins import COLD, WARM, Margins, measure_what_if
from node.benchmark.marks import Marks
from node.benchmark.model import ProvingFigures, Repeats, Run, SetupFigures, medians_of
from node.benchmark.process import in_own_process, peak_memory_bytes
from node.benchmark.proofs import make_key, prove_subject
from node.benchmark.stopwatch import Span, Stopwatch, median_span
from node.benchmark.subject import Subject
from node.benchmark.workbench import Workbench, setup_figures

__all__ = [
    "COLD",
    "WARM",
    "Margins",
    "Marks",
    "ProvingFigures",
    "Repeats",
    "Run",
    "SetupFigures",
    "Span",
    "Stopwatch",
    "Subject",
    "TimedEngine",
    "Workbench",
    "in_own_process",
    "make_key",
    "measure_what_if",
    "median_span",
    "medians_of",
    "peak_memory_bytes",
    "prove_subject",
    "setup_figures",
]
