"""Tests of iden3 files and of plain Groth16, alone and against snarkjs."""
