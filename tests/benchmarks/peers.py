"""What other tools were measured to need for N Black-Scholes prices: quoted, never re-measured.

Circuits of the same algorithm for circom and Noir (fixed point, 1e-14), an ONNX graph for ezkl
(1.5e-2). Seconds are on the wall for the proof alone, without the witness and with the machine to
themselves unless said otherwise, so the comparison leans their way: ours include the witness.
"""

from __future__ import annotations

from dataclasses import dataclass

MEASURED_ON = "2026-11-20"
CONDITIONS = "AMD EPYC (Zen 5), 2 cores shared with other work, proof without witness"


@dataclass(frozen=True)
class Point:
    """One proof of `size` options, or constraints."""

    size: int
    wall_s: float
    cpu_s: float
    peak_mib: float

    @property
    def per_second(self) -> float:
        """Options (constraints) proven in a second on the wall."""
        return self.size / self.wall_s


@dataclass(frozen=True)
class Peer:
    """A tool with its points in ascending size."""

    name: str
    version: str
    points: tuple[Point, ...]


OPTIONS = (
    Peer(
        "UltraHonk",
        "bb.js 5.0.0, zk, circuit in Noir",
        (
            Point(1, 0.159, 0.283, 22),
            Point(7, 0.304, 0.526, 33),
            Point(16, 0.402, 0.733, 46),
            Point(55, 1.03, 1.88, 102),
            Point(64, 1.17, 2.12, 122),
            Point(118, 1.92, 3.51, 196),
            Point(240, 3.75, 6.85, 382),
            Point(256, 3.87, 7.12, 418),
            Point(490, 7.03, 12.9, 783),
        ),
    ),
    Peer(
        "rapidsnark",
        "head of April 2026, circuit in circom",
        (Point(1, 0.160, 0.277, 23), Point(7, 0.632, 1.08, 111), Point(14, 1.35, 2.38, 210)),
    ),
    Peer(  # the walls of 1 and 7 options were contended
        "snarkjs",
        "0.7.6, circuit in circom",
        (Point(1, 2.3, 1.88, 231), Point(7, 6.4, 6.38, 544), Point(14, 8.7, 12.6, 909)),
    ),
    Peer(
        "ezkl",
        "23.0.5, scale 13, errors to 1.5e-2",
        (
            Point(1, 5.2, 9.1, 575),
            Point(16, 9.2, 17.7, 1_125),
            Point(64, 19.0, 35.5, 2_219),
            Point(256, 19.9, 38.1, 2_202),
        ),
    ),
)

#: A chain of multiplications with full-width values, like `systems.Dense`.
DENSE = (
    Peer("rapidsnark", "head of April 2026", (Point(131_000, 2.30, 4.53, 113),)),
    Peer("snarkjs", "0.7.6", (Point(131_000, 11.5, 21.3, 579),)),
)
