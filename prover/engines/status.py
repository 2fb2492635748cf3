"""`python -m prover.engines.status`: say which engine runs and, where it is slow, the cure.

Exit status 1 for a stale extension: it would answer for sources that are no longer there.
"""

from __future__ import annotations

import sys

from prover.engines.choice import default_engine
from prover.engines.native import NativeState, native_status


def main() -> int:
    """Print one line; see the module's docstring for the exit status."""
    status = native_status()
    sys.stdout.write(f"proofmark: {default_engine().name} engine: {status.message}\n")
    return int(status.state is NativeState.STALE)


if __name__ == "__main__":
    sys.exit(main())
