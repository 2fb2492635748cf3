"""Measurements in fresh interpreters."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from node.benchmark import Marks, Repeats, in_own_process, make_key, peak_memory_bytes, prove_marks
from node.benchmark.engine import REST, TOTAL, WITNESS
from prover import default_engine

_MIB = 1 << 20


def portable_variable() -> str | None:
    return os.environ.get("PROOFMARK_PORTABLE")


def process_id() -> int:
    return os.getpid()


def refuse(value: int) -> None:
    raise ValueError(f"{value} refused")


def peak_after(size: int) -> int:
    bytearray(size).find(b"\1")
    return peak_memory_bytes()


def test_instructions_are_chosen_for_the_child_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PROOFMARK_PORTABLE", "yes")
    assert in_own_process(True, portable_variable) == "1"
    assert in_own_process(False, portable_variable) is None
    assert portable_variable() == "yes"


def test_every_call_has_its_process_and_errors_come_back() -> None:
    assert in_own_process(False, process_id) not in (os.getpid(), in_own_process(False, process_id))
    with pytest.raises(ValueError, match="3 refused"):
        in_own_process(False, refuse, 3)


def test_peak_memory_is_of_the_child_and_not_of_its_parent() -> None:
    ballast = bytearray(300 * _MIB)
    ballast.find(b"\1")
    small = in_own_process(False, peak_after, 0)
    large = in_own_process(False, peak_after, 200 * _MIB)
    assert small < 250 * _MIB
    assert large - small > 150 * _MIB


@pytest.mark.skipif(default_engine().name != "native", reason="the native engine is not built")
def test_marks_are_proven_and_every_second_has_a_phase(tmp_path: Path) -> None:
    marks, path = Marks(16), tmp_path / "key.pk"
    setup = in_own_process(False, make_key, marks, path)
    assert setup.key_bytes == path.stat().st_size
    assert setup.constraints <= setup.h_query_points
    figures = in_own_process(False, prove_marks, marks, path, Repeats(2, 2), 2)
    assert (len(figures.runs), len(figures.verify)) == (2, 4)
    assert figures.engine == "native"
    phases = {"commit", "quotient", "msm_a", "msm_b1", "msm_b2", "msm_l", "msm_h", "combine"}
    for run in figures.runs:
        assert phases | {WITNESS, REST, TOTAL} <= set(run)
        claimed = sum(span.wall_s for name, span in run.items() if name != TOTAL)
        assert claimed == pytest.approx(run[TOTAL].wall_s)
        assert run[REST].wall_s < run[TOTAL].wall_s / 4


@pytest.mark.parametrize("capacity", [0, 8, 17, -16])
def test_capacities_are_whole_groups(capacity: int) -> None:
    with pytest.raises(ValueError, match="multiple of 16"):
        Marks(capacity)
