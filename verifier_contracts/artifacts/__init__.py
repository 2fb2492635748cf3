"""Compiled contracts as JSON: written by scripts/build_artifacts.py, read by the room's door."""
