"""Help texts: every command says in one whole line what it does."""

from __future__ import annotations

import pytest

from tests.node.cli.running import invoke


@pytest.mark.parametrize(
    "group", [(), ("margin",), ("margin", "account"), ("oracle",), ("prove",), ("config",)]
)
def test_no_summary_of_a_command_is_cut_off(group: tuple[str, ...]) -> None:
    code, out, _ = invoke(*group, "--help")
    assert code == 0
    summaries = out.split("Commands:")[1].splitlines()[1:]
    assert [line for line in summaries if line.rstrip().endswith("...")] == []
