"""Commands run in this process, as a user would run them."""

from __future__ import annotations

import json
from typing import Any

from typer.testing import CliRunner

from node.cli.app import build_app


def invoke(*arguments: object) -> tuple[int, str, str]:
    """Exit code, stdout and stderr."""
    result = CliRunner().invoke(build_app(), [str(argument) for argument in arguments])
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result.exit_code, result.stdout, result.stderr


def invoke_json(*arguments: object) -> Any:
    """The data on stdout of a command that succeeds."""
    code, out, err = invoke(*arguments, "--json")
    assert (code, err) == (0, "")
    return json.loads(out)


def error_of(*arguments: object) -> dict[str, Any]:
    """The error on stderr of a command that exits with 1 and says nothing on stdout."""
    code, out, err = invoke(*arguments, "--json")
    assert (code, out) == (1, "")
    error: dict[str, Any] = json.loads(err)["error"]
    return error
