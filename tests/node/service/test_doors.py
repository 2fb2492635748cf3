"""The doors of these rooms are sorted and say everything that is public; logs go to stderr."""

from __future__ import annotations

import json
import logging
from types import ModuleType

import pytest
import structlog

import node.proving
import node.rpc
import node.service
from node.service import configure_logging


@pytest.mark.parametrize("room", [node.proving, node.rpc, node.service])
def test_the_door_is_sorted_and_complete(room: ModuleType) -> None:
    assert sorted(room.__all__) == room.__all__
    public = {
        name
        for name, value in vars(room).items()
        if not name.startswith("_") and not isinstance(value, ModuleType)
    }
    assert public == set(room.__all__)


def test_logs_are_json_lines_on_stderr(capsys: pytest.CaptureFixture[str]) -> None:
    before = structlog.get_config()
    try:
        configure_logging(as_json=True)
        structlog.get_logger("test").info("call", code="OK")
        configure_logging(as_json=False, level=logging.WARNING)
        structlog.get_logger("test").info("not said")
    finally:
        structlog.configure(**before)
    out, err = capsys.readouterr()
    assert out == ""
    line = json.loads(err)
    assert (line["event"], line["code"], line["level"]) == ("call", "OK", "info")
