"""Make the attestation that the demonstration ships (see node/demo/shipped.py).

Usage: python node/data/make_demo_attestation.py
Proofs are randomised, so the bytes differ from run to run; what they show does not.
"""

from __future__ import annotations

import sys
from pathlib import Path

from node.demo.shipped import make_shipped

if __name__ == "__main__":
    make_shipped(Path(__file__).parent, lambda line: print(line, file=sys.stderr))  # noqa: T201
