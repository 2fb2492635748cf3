"""Measurements in fresh interpreters."""

from __future__ import annotations

import os

import pytest

from node.benchmark import in_own_process, peak_memory_bytes

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
