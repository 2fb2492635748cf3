"""Errors cross processes: workers and benchmarks send them pickled."""

from __future__ import annotations

import pickle

import pytest

from prover.errors import InvalidProof, MalformedPointError, Reason


@pytest.mark.parametrize("kind", [InvalidProof, MalformedPointError])
def test_a_verdict_survives_pickling(kind: type[InvalidProof | MalformedPointError]) -> None:
    error = kind(Reason.LENGTH, "320 bytes were expected")
    copy = pickle.loads(pickle.dumps(error))
    assert (type(copy), copy.reason, str(copy)) == (kind, error.reason, str(error))
    assert str(error) == f"{Reason.LENGTH.value}: 320 bytes were expected"
