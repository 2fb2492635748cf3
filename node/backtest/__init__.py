"""Maintenance margins against what really happened in the next hour."""

from node.backtest.bars import BarsError, HourlyBars, read_bars
from node.backtest.books import TEST_BOOKS, TestBook
from node.backtest.kupiec import KupiecTest, kupiec
from node.backtest.run import BacktestRules, BookResult, run_backtest

__all__ = [
    "TEST_BOOKS",
    "BacktestRules",
    "BarsError",
    "BookResult",
    "HourlyBars",
    "KupiecTest",
    "TestBook",
    "kupiec",
    "read_bars",
    "run_backtest",
]
