"""How long the long tests run: `make test-all` sets PROOFMARK_TEST_SCALE=full."""

from __future__ import annotations

import os

FULL = os.environ.get("PROOFMARK_TEST_SCALE") == "full"
