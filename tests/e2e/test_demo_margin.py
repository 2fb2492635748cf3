"""`proofmark demo-margin` as a person runs it, and what it must show."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
import structlog
from typer.testing import CliRunner

from node.cli.app import build_app
from prover import default_engine


@pytest.fixture(scope="module", autouse=True)
def _logging_as_before() -> Iterator[None]:
    """The command configures logging for its process, which here is the tests'."""
    yield
    structlog.reset_defaults()


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    if default_engine().name != "native":
        pytest.skip("the circuits of portfolio margin need the native engine")
    folder = tmp_path_factory.mktemp("demo")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PROOFMARK_DATA_DIRECTORY", str(folder))
        result = CliRunner().invoke(build_app(), ["demo-margin", "--json"])
    assert result.exit_code == 0, result.stderr
    assert result.stderr == ""
    data: dict[str, Any] = json.loads(result.stdout)
    return data


pytestmark = pytest.mark.slow


def outcome(report: dict[str, Any], what: str) -> str:
    (found,) = [step["outcome"] for step in report["steps"] if step["what"] == what]
    return str(found)


def test_withdrawals_follow_the_cover(report: dict[str, Any]) -> None:
    assert "not covered" in outcome(report, "withdraw 30,000 uncovered")
    assert outcome(report, "withdraw 30,000 covered") == "done"
    assert "below bound" in outcome(report, "withdraw 1 more than the bound allows")
    assert "not covered" in outcome(report, "withdraw after the fall")


def test_the_fall_ends_the_cover_and_the_breach_is_cured(report: dict[str, Any]) -> None:
    order = [step["what"] for step in report["steps"]]
    assert outcome(report, "isCovered") == "True"
    assert outcome(report, "isCovered after the fall") == "False"
    assert outcome(report, "in breach, equity bound Q").startswith("True")
    assert outcome(report, "isCovered after the deposit") == "True"
    assert order.index("isCovered after the fall") < order.index(
        "attest breach, maintenance margin"
    )


def test_the_gate_opens_for_a_proof_alone(report: dict[str, Any]) -> None:
    assert "margin missing" in outcome(report, "execute unproven")
    assert outcome(report, "execute behind the gate") == "done"
    assert outcome(report, "legs the desk holds") == "1"


def test_gas_and_sizes_are_printed(report: dict[str, Any]) -> None:
    gas = {step["what"]: step["gas"] for step in report["steps"] if step["gas"]}
    assert gas["attest covered, initial margin"] < 450_000
    assert gas["attest breach, maintenance margin"] < 450_000
    assert [each["claim"].split(",")[0] for each in report["provings"]] == [
        "covered",
        "breach",
        "covered",
        "open",
    ]
    assert {each["proof_bytes"] for each in report["provings"]} == {320}
    assert all(each["proof_seconds"] > 0 for each in report["provings"])


def test_an_observer_learned_nothing_of_the_legs(report: dict[str, Any]) -> None:
    answers = {each["question"]: each["answer"] for each in report["observer"]}
    assert answers["a private number in events or words"] == "searched for: none found"
    text = json.dumps(report)
    for private in ('profit":', "maintenance_margin", "before", 'salt":'):
        assert private not in text
