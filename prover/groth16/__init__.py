"""Groth16 over BN254 with one committed round, written once over `Engine`."""
