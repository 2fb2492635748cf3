"""The demo's chain as a client sends it."""

from __future__ import annotations

import csv
import time
from collections.abc import Callable
from pathlib import Path

from node.client import Chain

ROOT = Path(__file__).resolve().parents[3]
CHAIN_FILE = ROOT / "node" / "data" / "btc_chain_20260521.csv"


def demo_chain(count: int | None = None) -> Chain:
    with CHAIN_FILE.open(newline="", encoding="utf-8-sig") as stream:
        return Chain.from_rows(list(csv.DictReader(stream))[:count])


def until(condition: Callable[[], bool], seconds: float = 20.0) -> None:
    ends = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < ends, "it did not happen in time"
        time.sleep(0.02)
