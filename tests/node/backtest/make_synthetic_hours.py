"""Write synthetic_hours.csv: 20 days of calm hours around one that falls 30 %.

Made up, from no market: a fixed sequence, so that anybody may copy it.
"""

from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta
from pathlib import Path

HOURS, CRASH = 480, 240


def rows() -> list[str]:
    price, found = 10_000.0, []
    for hour in range(HOURS):
        step = 0.004 * math.sin(hour * 1.7) + 0.003 * math.cos(hour * hour * 0.37)
        close = price * math.exp(math.log(0.7) if hour == CRASH else step)
        high, low = max(price, close) * 1.001, min(price, close) * 0.999
        opened = datetime(2021, 1, 1, tzinfo=UTC) + timedelta(hours=hour)
        numbers = ",".join(f"{value:.2f}" for value in (price, high, low, close))
        found.append(f"{opened:%Y-%m-%dT%H:%MZ},{numbers}")
        price = round(close, 2)
    return found


if __name__ == "__main__":
    header = "hour_open_utc,open_usd,high_usd,low_usd,close_usd"
    path = Path(__file__).with_name("synthetic_hours.csv")
    path.write_text("\n".join([header, *rows()]) + "\n", encoding="ascii")
