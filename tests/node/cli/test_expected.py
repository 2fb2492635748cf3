"""`proofmark verify` of margins: what market and parameters a proof is of, by one's own files."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from node.attestations import write_attestation
from tests.node.chain.letters_stage import attestation_of
from tests.node.cli.running import error_of, invoke_json
from tests.node.margin.books import FALLEN, MARKET, PARAMETERS, quoted
from tests.node.service.accounts import Cover, keep_key

SHOWN = quoted().market
SAID = Cover(
    chain_id=0,
    registry=0,
    consumer=0xC0FFEE,
    account=0xACC0,
    digest=SHOWN.digest(),
    parameters=PARAMETERS.digest(),
    snapshot_unix=SHOWN.snapshot_unix,
    spot=SHOWN.spot_ticks,
)


def command(said: Cover, folder: Path, *more: object) -> tuple[object, ...]:
    """`verify` of a file that says so, under a key whose secrets the tests know."""
    keep_key(folder / "keys")
    write_attestation(folder / "covered.json", attestation_of(said))
    return ("verify", folder / "covered.json", "--data-directory", folder, *more)


def test_both_are_compared(tmp_path: Path) -> None:
    report = invoke_json(
        *command(SAID, tmp_path, "--market", MARKET, "--parameters", "derive_like_33")
    )
    assert (report["market_compared"], report["parameters_compared"]) == (True, True)
    assert report["parameters"] == "derive_like_33"


def test_neither_has_to_be(tmp_path: Path) -> None:
    report = invoke_json(*command(SAID, tmp_path))
    assert (report["market_compared"], report["parameters_compared"]) == (False, False)
    assert report["parameters"] == "derive_like_33"
    unknown = invoke_json(*command(replace(SAID, parameters=99), tmp_path))
    assert unknown["parameters"] is None


@pytest.mark.parametrize(
    "change",
    [
        {"digest": quoted(FALLEN).market.digest()},
        {"snapshot_unix": SHOWN.snapshot_unix + 1},
        {"spot": SHOWN.spot_ticks + 1},
    ],
)
def test_another_market_is_told(tmp_path: Path, change: dict[str, int]) -> None:
    error = error_of(*command(replace(SAID, **change), tmp_path, "--market", MARKET))
    assert error["reason"] == "PROOF_INVALID"
    assert "another market" in error["message"]
    assert f"0x{SHOWN.digest():064x}" in error["message"]


def test_another_set_is_told_by_its_name(tmp_path: Path) -> None:
    for said, name in ((SAID, "derive_like_33"), (replace(SAID, parameters=99), "not shipped")):
        error = error_of(*command(said, tmp_path, "--parameters", "paradex_like"))
        assert "other parameters than paradex_like" in error["message"]
        assert name in error["message"]


def test_files_of_the_other_kind_are_refused(tmp_path: Path, attestation: Path, data: Path) -> None:
    for more in (("--market", MARKET), ("--parameters", "derive_like_33")):
        error = error_of("verify", attestation, "--data-directory", data, *more)
        assert "it is of marks" in error["message"]
    error = error_of(*command(SAID, tmp_path, "--chain", "no matter"))
    assert "--market" in error["message"]
