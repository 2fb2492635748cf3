"""What commands say: no file and no peer steers the terminal, and no crash leaves secrets."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from node.cli.output import print_report, say
from tests.node.cli.running import invoke

_VERSION = """
import resource, sys
from node.cli.app import main
resource.setrlimit(resource.RLIMIT_CORE, (resource.getrlimit(resource.RLIMIT_CORE)[1],) * 2)
sys.argv = ["proofmark", "--version"]
try:
    main()
finally:
    print(resource.getrlimit(resource.RLIMIT_CORE)[0])
"""


def test_control_characters_are_not_passed_on(capsys: pytest.CaptureFixture[str]) -> None:
    say("peer: \x1b]0;mine\x07\r gone \ud800 \u202e\nnext \u00e9")
    said = capsys.readouterr().err
    assert said == "peer: \ufffd]0;mine\ufffd\ufffd gone \ufffd \ufffd\nnext \u00e9\n"


@pytest.mark.parametrize("as_json", [True, False])
def test_reports_pass_on_no_control_characters(
    as_json: bool, capsys: pytest.CaptureFixture[str]
) -> None:
    """A node chooses the name of its job, an endpoint that of its client."""
    name = "\nstate  final\x1b[2J\x9b2J\u202e \ud800 \u00e9"
    print_report({"job_id": name}, as_json)
    said = capsys.readouterr().out
    assert all(each.isprintable() or each == "\n" for each in said)
    assert len(said.splitlines()) == (3 if as_json else 1)
    assert not as_json or json.loads(said) == {"job_id": name}


def test_a_hostile_file_cannot_steer_the_terminal(tmp_path: Path) -> None:
    path = tmp_path / "market.json"
    path.write_text('{"underlying": "\\u001b[2J"}', encoding="utf-8")
    command = ("margin", "show", "--portfolio", path, "--market", path)
    code, _, said = invoke(*command)
    assert (code, "\x1b" in said, "[2J" in said) == (1, False, True)


def test_commands_leave_no_core_dump() -> None:
    done = subprocess.run([sys.executable, "-c", _VERSION], capture_output=True, check=False)
    assert done.stdout.split()[-1] == b"0"
