"""`proofmark bench`."""

from __future__ import annotations

import pytest

from prover import default_engine
from tests.node.cli.running import invoke, invoke_json


@pytest.mark.skipif(default_engine().name != "native", reason="the native engine is not built")
def test_figures_of_this_machine() -> None:
    (found,) = invoke_json("bench", 16, "--runs", 1)
    assert (found["capacity"], found["engine"], found["greeks"]) == (16, "native", False)
    numbers = {name: value for name, value in found.items() if name not in ("greeks", "engine")}
    assert all(value > 0 for value in numbers.values()), numbers
    seconds = found["witness_seconds"] + found["proof_seconds"]
    assert found["options_per_second"] == pytest.approx(16 / seconds, rel=0.05)


def test_a_capacity_that_no_shape_has_is_a_usage_error() -> None:
    code, _, err = invoke("bench", 64, 60)
    assert code == 2
    assert "60 is no capacity" in err
