"""A job's vocabulary is written three times (store, values, wire): the names must be the same."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

import pytest

from node import values
from node.pb import job_pb2
from node.store import Cause, Proving, Settlement


@pytest.mark.parametrize(
    ("stored", "value", "wire", "prefix"),
    [
        (Proving, values.ProvingState, job_pb2.ProvingState, "PROVING_STATE_"),
        (Settlement, values.SettlementState, job_pb2.SettlementState, "SETTLEMENT_STATE_"),
        (Cause, values.JobCause, job_pb2.JobCause, "JOB_CAUSE_"),
    ],
    ids=["proving", "settlement", "cause"],
)
def test_store_values_and_wire_name_the_same_states(
    stored: type[StrEnum], value: type[StrEnum], wire: Any, prefix: str
) -> None:
    names = {name.removeprefix(prefix) for name in wire.keys()} - {"UNSPECIFIED"}  # noqa: SIM118
    assert set(stored.__members__) == set(value.__members__) == names
    assert max(map(len, Cause)) <= 32  # the width of the column
