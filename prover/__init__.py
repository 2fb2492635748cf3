"""The prover's door: a constraint system and a witness in, proofs out; and their verification."""
