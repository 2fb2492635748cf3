"""setup, prove marks, verify: from a chain file to an attestation file and back."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from circuits.profile import R6
from circuits.statements.option_marks import OptionMarks, Shape
from node.keys import KeyStore
from tests.node.cli.running import error_of, invoke, invoke_json
from tests.node.quoting.chains import csv_text, strikes


def verify(file: Path, data: Path, *more: object) -> tuple[object, ...]:
    return ("verify", file, "--data-directory", data, *more)


def key_file(data: Path, file: Path) -> Path:
    key_id = json.loads(file.read_text())["key_id"].removeprefix("0x")
    return data / "keys" / f"{key_id}.pk"


def test_prove_marks_reports_what_it_did(data: Path, chain: Path, attestation: Path) -> None:
    out = attestation.with_name("again.json")
    report = invoke_json(
        "prove", "marks", "--chain", chain, "--out", out, "--greeks", "--data-directory", data
    )
    assert (report["underlying"], report["options"], report["proof_bytes"]) == ("BTC", 3, 320)
    assert report["unsafe_dev"] is True
    assert "64 options (4 x 16), profile R14" in report["statement"]
    assert json.loads(out.read_text())["key_id"] == report["key_id"]


def test_a_valid_file_says_its_marks(data: Path, chain: Path, attestation: Path) -> None:
    report = invoke_json(*verify(attestation, data, "--chain", chain))
    assert report["valid"] is True
    assert report["market_compared"] is True
    assert report["header"]["chain_id"] == 0
    priced = invoke_json("price", "--chain", chain)
    shared = ("expiry_utc", "strike", "option_type", "price", "delta", "gamma", "theta", "rho")
    assert [[mark[name] for name in shared] for mark in report["marks"]] == [
        [entry[name] for name in shared] for entry in priced
    ]


def test_people_get_lines_and_a_warning(data: Path, attestation: Path) -> None:
    code, out, err = invoke(*verify(attestation, data, "--marks"))
    assert code == 0
    assert "valid                    True" in out
    assert out.count("call") == 3
    assert err.startswith("proofmark: the key is unsafe-dev: anybody can forge proofs")


def test_the_key_may_be_named(data: Path, attestation: Path, tmp_path: Path) -> None:
    path = key_file(data, attestation)
    key_id = path.stem
    for key in (path, path.with_name(f"{key_id}.vk.json")):
        assert invoke(*verify(attestation, tmp_path, "--key", key))[0] == 0
    error = error_of(*verify(attestation, tmp_path))
    assert error["reason"] == "KEY_NOT_FOUND"
    assert "proofmark setup" in error["help"]


def test_an_altered_file_is_invalid(data: Path, attestation: Path, tmp_path: Path) -> None:
    document = json.loads(attestation.read_text())
    document["words"][-1] = document["words"][-1][:-1] + "7"
    path = tmp_path / "altered.json"
    path.write_text(json.dumps(document))
    error = error_of(*verify(path, data))
    assert error["reason"] == "PROOF_INVALID"
    assert "pairing equation" in error["message"]


def test_an_unreadable_file_lists_its_faults(data: Path, tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    path.write_text("{}")
    error = error_of(*verify(path, data))
    assert error["reason"] == "FILE_UNREADABLE"
    assert len(error["faults"]) == 6
    assert error["faults"][0] == {"field": "format", "expected": "a value", "received": "nothing"}
    assert error_of(*verify(tmp_path / "missing.json", data))["reason"] == "FILE_UNREADABLE"


def test_another_market_is_refused(data: Path, attestation: Path, tmp_path: Path) -> None:
    path = tmp_path / "other.csv"
    path.write_text(csv_text(*strikes(3, implied_volatility="0.5")))
    error = error_of(*verify(attestation, data, "--chain", path))
    assert "the proof holds, but for another market" in error["message"]


def test_damaged_and_foreign_keys_are_named(data: Path, attestation: Path, tmp_path: Path) -> None:
    damaged = tmp_path / "damaged.pk"
    shutil.copy(key_file(data, attestation), damaged)
    with damaged.open("rb+") as stream:
        stream.truncate(1_000_000)
    error = error_of(*verify(attestation, data, "--key", damaged))
    assert error["reason"] == "KEY_INVALID"
    assert f"key file {damaged}" in error["message"]
    assert error_of(*verify(attestation, data, "--key", attestation))["reason"] == "KEY_INVALID"
    (other,) = invoke_json("setup", "--data-directory", data)
    error = error_of(*verify(attestation, data, "--key", other["file"]))
    assert "the attestation names key" in error["message"]


def test_keys_of_test_profiles_verify_nothing(attestation: Path, tmp_path: Path) -> None:
    store = KeyStore(tmp_path, test_profiles=True)
    key = store.ensure_development_key(OptionMarks(Shape(1, 2), profile=R6)).verifying_key
    error = error_of(*verify(attestation, tmp_path, "--key", store.verifying_path_of(key.key_id)))
    assert error["reason"] == "UNSUPPORTED"
    assert "profile R6 is for tests" in error["message"]


def test_setup_makes_a_key_once(data: Path, tmp_path: Path) -> None:
    (first,) = invoke_json("setup", "--data-directory", data)
    (again,) = invoke_json("setup", "--data-directory", data, "--capacity", 64)
    assert first["key_id"] == again["key_id"]
    assert "seconds" not in again
    code, out, err = invoke("setup", "--data-directory", tmp_path, "--import", again["file"])
    assert code == 0, err
    assert again["key_id"] in out
    assert err.startswith("checking every point of ")


@pytest.mark.parametrize(
    "arguments",
    [
        ["setup", "--capacity", 17],
        ["prove"],
        ["prove", "marks", "--chain", "x"],
        ["prove", "marks", "--chain", "x", "--out", "y", "--capacity", 0],
        ["prove", "marks", "--chain", "x", "--out", "y", "--engine", "quantum"],
        ["verify"],
    ],
)
def test_wrong_usage_exits_with_2(arguments: list[object]) -> None:
    assert invoke(*arguments)[0] == 2


def test_a_chain_that_cannot_be_proven_is_refused(data: Path, tmp_path: Path) -> None:
    path = tmp_path / "chain.csv"
    path.write_text(csv_text({"strike": "NaN"}, {"forward": "-1"}))
    command = ("prove", "marks", "--out", tmp_path / "a", "--data-directory", data)
    error = error_of(*command, "--chain", path)
    assert error["reason"] == "INVALID_REQUEST"
    assert [fault["field"] for fault in error["faults"]] == ["strike", "forward"]
    path.write_text(csv_text(*strikes(65)))
    error = error_of(*command, "--chain", path, "--capacity", 64)
    assert error["reason"] == "INVALID_REQUEST"


def test_the_reference_engine_is_refused_for_large_statements(
    data: Path, chain: Path, tmp_path: Path
) -> None:
    error = error_of(
        *("prove", "marks", "--chain", chain, "--out", tmp_path / "a", "--engine", "reference"),
        *("--data-directory", data),
    )
    assert "too many for the reference engine" in error["message"]
    assert "make native" in error["help"]
