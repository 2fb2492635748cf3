"""The measurements of one `make bench`, each a record that is plain JSON."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from node.benchmark import (
    Margins,
    Marks,
    ProvingFigures,
    Repeats,
    Run,
    SetupFigures,
    Subject,
    in_own_process,
    make_key,
    measure_what_if,
    median_span,
    medians_of,
    prove_subject,
)
from node.benchmark.engine import TOTAL
from tests.benchmarks import plain, rival
from tests.benchmarks.systems import Dense, Plain, PlainSubject

Record = dict[str, Any]

COMMITTED, PLAIN, UNPROVEN = "committed round", "plain Groth16", "unproven"
OPTION_MARKS, MARGINS, WHAT_IF = "option_marks", "portfolio_margin", "what-if"
DENSE = "dense"

#: Sizes that the bars speak of: always the full number of runs, and without vectors too.
BAR_OPTIONS = (1_024, 16_384)
BAR_MARGINS = (16, 128)
BAR_DENSE = 131_000
_BARS = {OPTION_MARKS: BAR_OPTIONS, MARGINS: BAR_MARGINS}

#: Capacities into which the largest is cut, as several proofs under one key.
PARTS = (1_024, 4_096)

#: Constraints up to which snarkjs is run: a minute at most on two cores.
SNARKJS_CONSTRAINTS = 1 << 17


@dataclass(frozen=True)
class Plan:
    """Which sizes, and how often."""

    options: tuple[int, ...]
    margins: tuple[int, ...]
    dense: tuple[int, ...]
    runs: int
    greeks: bool = False
    with_snarkjs: bool = True
    with_portable: bool = True
    seconds: float = 12.0

    def repeats(self, is_bar: bool) -> Repeats:
        """The bars' sizes get every run, others stop early where one takes seconds."""
        if is_bar:
            return Repeats(self.runs, self.runs)
        return Repeats(self.runs, min(2, self.runs), self.seconds)


class Cases:
    """Runs a plan; keys live in `folder` and are removed as soon as nothing needs them."""

    def __init__(self, plan: Plan, folder: Path, say: Callable[[str], None]) -> None:
        self.plan, self.folder, self.say = plan, folder, say
        self.records: list[Record] = []
        self._setups: dict[Subject, SetupFigures] = {}

    def run(self) -> list[Record]:
        """Every record of the plan."""
        for capacity in self.plan.options:
            self._prove(self._marks(capacity))
        self._in_parts(max(self.plan.options, default=0))
        for slots in self.plan.margins:
            self._prove(Margins(slots))
        if self.plan.with_portable:
            self._without_vectors()
        shutil.rmtree(self.folder, ignore_errors=True)
        if self.plan.margins:
            self._what_if(max(self.plan.margins))
        for capacity in self.plan.options if self.plan.with_snarkjs else ():
            if self._committed(OPTION_MARKS, capacity)[0]["constraints"] <= SNARKJS_CONSTRAINTS:
                self._plain(PlainSubject(self._marks(capacity)), OPTION_MARKS, capacity)
        for constraints in self.plan.dense:
            self._plain(Dense(constraints), DENSE, constraints)
        return self.records

    def _marks(self, capacity: int) -> Marks:
        return Marks(capacity, self.plan.greeks)

    def _committed(self, system: str, size: int) -> list[Record]:
        wanted = (COMMITTED, system, size)
        return [r for r in self.records if (r["protocol"], r["system"], r["size"]) == wanted]

    def _in_parts(self, largest: int) -> None:
        """The largest capacity as several proofs of the part that proves the most options/s."""
        measured = [record for part in PARTS for record in self._committed(OPTION_MARKS, part)]
        if measured and largest > max(PARTS):
            part = max(measured, key=lambda record: record["size"] / total_wall(record))["size"]
            self._prove(self._marks(part), proofs=largest // part)

    def _without_vectors(self) -> None:
        """The bars' sizes again, each in the way that was fastest."""
        for size in BAR_OPTIONS:
            fastest = min(self._committed(OPTION_MARKS, size), key=total_wall, default=None)
            if fastest is not None:
                proofs = fastest["proofs"]
                self._prove(self._marks(size // proofs), proofs=proofs, portable=True)
        for slots in BAR_MARGINS:
            if self._committed(MARGINS, slots):
                self._prove(Margins(slots), portable=True)

    def _prove(self, subject: Subject, *, proofs: int = 1, portable: bool = False) -> None:
        system, size = subject.statement.description.name, subject.size * proofs
        self._announce(system, size, proofs, portable)
        self.folder.mkdir(parents=True, exist_ok=True)
        path = self.folder / f"{system}-{subject.size}.pk"
        if subject not in self._setups:
            self._setups[subject] = in_own_process(False, make_key, subject, path)
        repeats = self.plan.repeats(size in _BARS[system] and not portable)
        figures = in_own_process(portable, prove_subject, subject, path, repeats, proofs)
        head = self._head(system, COMMITTED, size) | {"proofs": proofs, "portable": portable}
        self.records.append(head | record_of(self._setups[subject], figures))

    def _what_if(self, legs: int) -> None:
        self._announce(WHAT_IF, legs, 1, False)
        runs = in_own_process(False, measure_what_if, legs, self.plan.repeats(True))
        found = {"runs": [_spans(run) for run in runs], "medians": _spans(medians_of(runs))}
        self.records.append(self._head(WHAT_IF, UNPROVEN, legs) | found)

    def _plain(self, system: Plain, name: str, size: int) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        self._announce(f"{name}, plain Groth16", size, 1, False)
        is_bar = size == BAR_DENSE
        repeats = self.plan.repeats(is_bar)
        setup = in_own_process(False, plain.make_files, system, self.folder)
        figures = in_own_process(False, plain.prove_files, self.folder, repeats)
        head = self._head(name, PLAIN, size)
        record = head | record_of(setup, figures)
        if self.plan.with_snarkjs and setup.constraints <= SNARKJS_CONSTRAINTS:
            once = repeats if is_bar else Repeats(1, 1)
            record["command"] = process_record(rival.measure_our_command(self.folder, once))
            record["snarkjs"] = process_record(rival.measure_snarkjs(self.folder, repeats))
        self.records.append(record)
        if self.plan.with_portable and is_bar:
            self._announce(f"{name}, plain Groth16", size, 1, True)
            figures = in_own_process(True, plain.prove_files, self.folder, self.plan.repeats(False))
            self.records.append(head | {"portable": True} | record_of(setup, figures))
        shutil.rmtree(self.folder)

    def _head(self, system: str, protocol: str, size: int) -> Record:
        return {
            "system": system,
            "protocol": protocol,
            "size": size,
            "greeks": self.plan.greeks and system == OPTION_MARKS,
            "proofs": 1,
            "portable": False,
        }

    def _announce(self, name: str, size: int, proofs: int, portable: bool) -> None:
        parts = f" in {proofs} proofs" if proofs > 1 else ""
        self.say(f"{name}, {size:,}{parts}{', without IFMA' if portable else ''}")


def total_wall(record: Record) -> float:
    """Median seconds of a run, witness included."""
    return float(record["proving"]["medians"][TOTAL]["wall_s"])


def record_of(setup: SetupFigures, figures: ProvingFigures) -> Record:
    """Set-up and proving as JSON, with medians."""
    proving = asdict(figures) | {
        "medians": _spans(figures.medians),
        "verify_median": asdict(median_span(figures.verify)),
    }
    return {
        "constraints": setup.constraints,
        "setup": asdict(setup),
        "proving": proving,
        "command": None,
        "snarkjs": None,
    }


def process_record(figures: rival.ProcessFigures | None) -> Record | None:
    """A whole process as JSON; None where it was too slow."""
    if figures is None:
        return None
    total = median_span(run[TOTAL] for run in figures.runs)
    return asdict(figures) | {"medians": _spans({TOTAL: total})}


def _spans(run: Run) -> Record:
    return {name: asdict(span) for name, span in run.items()}
