"""The demonstration of hidden margins: a book is proven covered, then in breach, never shown."""

from node.demo.margin.report import MarginDemoReport, Step
from node.demo.margin.run import MarginDemoOptions, run_margin_demo

__all__ = ["MarginDemoOptions", "MarginDemoReport", "Step", "run_margin_demo"]
