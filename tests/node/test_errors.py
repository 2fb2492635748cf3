"""The catalogue of errors is complete and its codes exist."""

from __future__ import annotations

import grpc

from node.errors import CATALOGUE, NodeError, Reason


def test_every_reason_has_a_status_code_and_help() -> None:
    assert set(CATALOGUE) == set(Reason)
    for entry in CATALOGUE.values():
        assert entry.grpc_code in grpc.StatusCode.__members__
        assert entry.help.endswith(".")


def test_an_error_knows_its_way_out() -> None:
    assert NodeError("x").help == CATALOGUE[Reason.INTERNAL].help
