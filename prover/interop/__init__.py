"""iden3's files and plain Groth16: the same systems and witnesses, for any other prover.

A yardstick and a test, not the product's protocol: `plain_groth16` says why such a proof must not
be relied on. Everything read here is taken as hostile; refusals are `InteropFileError`s.
"""

from prover.interop.plain_groth16 import PlainProver, plain_setup, plain_verify
from prover.interop.plain_key import (
    PlainKey,
    PlainProof,
    PlainVerifyingKey,
    check_key,
    check_verifying_key,
)
from prover.interop.plain_system import PlainSystem, plain_system, plain_witness
from prover.interop.r1cs_file import decode_r1cs, read_r1cs, write_r1cs
from prover.interop.snarkjs_json import (
    decode_proof,
    decode_public,
    decode_verifying_key,
    write_proof,
    write_public,
    write_verifying_key,
)
from prover.interop.wtns_file import decode_wtns, read_wtns, write_wtns
from prover.interop.zkey_file import decode_zkey, read_zkey, write_zkey

__all__ = [
    "PlainKey",
    "PlainProof",
    "PlainProver",
    "PlainSystem",
    "PlainVerifyingKey",
    "check_key",
    "check_verifying_key",
    "decode_proof",
    "decode_public",
    "decode_r1cs",
    "decode_verifying_key",
    "decode_wtns",
    "decode_zkey",
    "plain_setup",
    "plain_system",
    "plain_verify",
    "plain_witness",
    "read_r1cs",
    "read_wtns",
    "read_zkey",
    "write_proof",
    "write_public",
    "write_r1cs",
    "write_verifying_key",
    "write_wtns",
    "write_zkey",
]
