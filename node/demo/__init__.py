"""The demonstration: a real option chain becomes attested marks on a chain, in one command."""

from node.demo.report import DemoReport, MarkRow, Refusal
from node.demo.run import DemoOptions, run_demo

__all__ = ["DemoOptions", "DemoReport", "MarkRow", "Refusal", "run_demo"]
