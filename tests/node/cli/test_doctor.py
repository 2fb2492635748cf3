"""`proofmark doctor`: sound and unsound machines."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from node.cli import checks
from node.keys import KeyStore
from prover import NativeState, NativeStatus
from tests.node.cli.running import invoke, invoke_json


def checks_of(*arguments: object) -> tuple[int, dict[str, dict[str, str]]]:
    code, out, _ = invoke("doctor", "--json", *arguments)
    report = json.loads(out)
    assert report["fit"] is (code == 0)
    return code, {check["name"]: check for check in report["checks"]}


def test_a_sound_machine_is_fit(tmp_path: Path) -> None:
    report = invoke_json("doctor", "--data-directory", tmp_path / "data")
    assert report["fit"] is True
    found = {check["name"]: check["outcome"] for check in report["checks"]}
    for name in ("python", "data directory", "key store", "tables", "artifacts"):
        assert found[name] == "ok"


def test_people_get_lines(tmp_path: Path) -> None:
    code, out, err = invoke("doctor", "--data-directory", tmp_path)
    assert (code, err) == (0, "")
    assert "ok   python: 3." in out
    assert "\x1b" not in out


def test_damaged_keys_fail_with_their_cure(tmp_path: Path) -> None:
    store = KeyStore(tmp_path / "keys")
    store.directory.mkdir()
    store.verifying_path_of(bytes(32)).write_text("{}")
    code, found = checks_of("--data-directory", tmp_path)
    assert code == 1
    assert found["key store"]["outcome"] == "ok"  # the summary, after the faults
    _, out, _ = invoke("doctor", "--data-directory", tmp_path)
    assert "fail key store: key file" in out
    assert "proofmark setup" in out


def test_an_open_data_directory_is_noted(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    _, found = checks_of("--data-directory", tmp_path)
    assert found["data directory"]["outcome"] == "warn"
    assert found["data directory"]["cure"] == f"chmod 700 {tmp_path}"


def test_an_unusable_data_directory_fails(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    code, found = checks_of("--data-directory", tmp_path / "file")
    assert (code, found["data directory"]["outcome"]) == (1, "fail")


def test_a_missing_engine_and_tools_are_warnings(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    missing = NativeStatus(NativeState.MISSING, "the native engine is not built")
    monkeypatch.setattr(checks, "native_status", lambda: missing)
    monkeypatch.setenv("PATH", str(tmp_path))
    code, found = checks_of("--data-directory", tmp_path)
    assert code == 0
    for name in ("engine", "cargo", "node", "npm"):
        assert found[name]["outcome"] == "warn"
        assert found[name]["cure"]


def test_a_chain_that_does_not_answer_fails(tmp_path: Path) -> None:
    code, found = checks_of("--data-directory", tmp_path, "--rpc", "http://127.0.0.1:1/secret")
    assert (code, found["chain"]["outcome"]) == (1, "fail")
    assert "secret" not in found["chain"]["message"]


def test_a_damaged_table_fails(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(function: str, profile: str) -> Any:
        raise ValueError(f"{function} {profile}: expected 3 rows, received 2")

    monkeypatch.setattr(checks, "load_table", broken)
    code, found = checks_of("--data-directory", tmp_path)
    assert (code, found["tables"]["outcome"]) == (1, "fail")
