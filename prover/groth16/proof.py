"""A proof: four points, 320 bytes."""

from __future__ import annotations

from dataclasses import dataclass

from prover.curve import G1_BYTES, G2_BYTES, G1Point, G2Point
from prover.errors import InvalidProof, MalformedPointError, Reason

PROOF_BYTES = 3 * G1_BYTES + G2_BYTES


@dataclass(frozen=True)
class Proof:
    """A, B, C as in Groth16, and D, the commitment to every wire fixed before the challenge."""

    a_g1: G1Point
    b_g2: G2Point
    c_g1: G1Point
    d_g1: G1Point

    def to_bytes(self) -> bytes:
        """A || B || C || D in EVM encoding: ten words as the contract takes them."""
        points = (self.a_g1, self.b_g2, self.c_g1, self.d_g1)
        return b"".join(point.to_bytes() for point in points)

    @property
    def words(self) -> tuple[int, ...]:
        """The same as ten integers."""
        points = (self.a_g1, self.b_g2, self.c_g1, self.d_g1)
        return tuple(coordinate for point in points for coordinate in point.coordinates)

    @classmethod
    def from_bytes(cls, data: bytes) -> Proof:
        """From untrusted bytes: length and coordinate ranges; `verify` checks the points.

        Raises InvalidProof.
        """
        if len(data) != PROOF_BYTES:
            detail = f"expected {PROOF_BYTES} bytes, received {len(data)}"
            raise InvalidProof(Reason.LENGTH, detail)
        b_start, c_start = G1_BYTES, G1_BYTES + G2_BYTES
        try:
            return cls(
                a_g1=G1Point.decode_bytes(data[:b_start]),
                b_g2=G2Point.decode_bytes(data[b_start:c_start]),
                c_g1=G1Point.decode_bytes(data[c_start : c_start + G1_BYTES]),
                d_g1=G1Point.decode_bytes(data[c_start + G1_BYTES :]),
            )
        except MalformedPointError as error:
            raise InvalidProof(error.reason, "in the proof's bytes") from error
