"""The prover's door: a constraint system and a witness in, proofs out; and their verification.

setup -> ProvingKey -> prove -> Proof -> verify. Every function takes an engine or uses the
default one. Untrusted bytes enter through `Proof.from_bytes`, `ProvingKey.open` and
`VerifyingKey.decode_json`; keys from elsewhere pass `refuse_proving_key` or
`refuse_verifying_key` first. All errors descend from `ProverError` (see `prover.errors`).
"""

from prover.domain import Domain
from prover.engines import Engine, NativeState, NativeStatus, default_engine, native_status
from prover.engines.choice import native, reference
from prover.engines.native_numbers import lane_numbers
from prover.errors import (
    EngineUnavailableError,
    InvalidProof,
    KeyFileError,
    LintError,
    ProverError,
    Reason,
    UnsatisfiedConstraintError,
    WitnessError,
    WordsError,
)
from prover.groth16.proof import PROOF_BYTES, Proof
from prover.groth16.prove import prove
from prover.groth16.proving_key import ProvingKey
from prover.groth16.setup import setup
from prover.groth16.toxic_waste import ToxicWaste, development_toxic_waste, sample_toxic_waste
from prover.groth16.verify import verify
from prover.groth16.verifying_key import VerifyingKey
from prover.identity import StatementDescription, StatementIdentity, key_id, r1cs_digest
from prover.linter import (
    DEVELOPMENT_CHAINS,
    lint_chain,
    lint_proving_key,
    lint_verifying_key,
    refuse_chain,
    refuse_proving_key,
    refuse_verifying_key,
)

__all__ = [
    "DEVELOPMENT_CHAINS",
    "PROOF_BYTES",
    "Domain",
    "Engine",
    "EngineUnavailableError",
    "InvalidProof",
    "KeyFileError",
    "LintError",
    "NativeState",
    "NativeStatus",
    "Proof",
    "ProverError",
    "ProvingKey",
    "Reason",
    "StatementDescription",
    "StatementIdentity",
    "ToxicWaste",
    "UnsatisfiedConstraintError",
    "VerifyingKey",
    "WitnessError",
    "WordsError",
    "default_engine",
    "development_toxic_waste",
    "key_id",
    "lane_numbers",
    "lint_chain",
    "lint_proving_key",
    "lint_verifying_key",
    "native",
    "native_status",
    "prove",
    "r1cs_digest",
    "reference",
    "refuse_chain",
    "refuse_proving_key",
    "refuse_verifying_key",
    "sample_toxic_waste",
    "setup",
    "verify",
]
