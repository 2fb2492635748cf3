"""`proofmark bench`."""

from __future__ import annotations

import pytest

from prover import default_engine
from tests.node.cli.running import invoke, invoke_json

needs_native = pytest.mark.skipif(
    default_engine().name != "native", reason="the native engine is not built"
)


@needs_native
def test_figures_of_this_machine() -> None:
    (found,) = invoke_json("bench", 16, "--runs", 1)
    assert (found["capacity"], found["engine"], found["greeks"]) == (16, "native", False)
    numbers = {name: value for name, value in found.items() if name not in ("greeks", "engine")}
    assert all(value > 0 for value in numbers.values()), numbers
    seconds = found["witness_seconds"] + found["proof_seconds"]
    assert found["options_per_second"] == pytest.approx(16 / seconds, rel=0.05)


@needs_native
def test_figures_of_an_owners_machine() -> None:
    (found,) = invoke_json("bench", "--margin", 16, "--runs", 1)
    assert (found.pop("slots"), found.pop("engine")) == (16, "native")
    assert all(value > 0 for value in found.values()), found


def test_a_number_of_slots_that_no_circuit_has_is_a_usage_error() -> None:
    code, _, err = invoke("bench", "--margin", 16, 17)
    assert code == 2
    assert "17 slots" in err
    code, _, err = invoke("bench", "--margin", "--greeks")
    assert code == 2
    assert "no Greeks" in err


def test_a_capacity_that_no_shape_has_is_a_usage_error() -> None:
    code, _, err = invoke("bench", 64, 60)
    assert code == 2
    assert "60 is no capacity" in err
