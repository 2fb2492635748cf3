"""The command `proofmark`.

Data goes to stdout, messages to stderr. Exit codes: 0 done, 1 refused, failed or invalid, 2 usage.
"""

from node.cli.app import main

__all__ = ["main"]
