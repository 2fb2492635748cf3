"""The Python door of the contracts: compiled artifacts by name, without a compiler.

The artifacts are committed and reproduced byte for byte by ``make contracts``; nothing compiles
Solidity at run time. This package imports none of our other rooms.

Errors::

    ArtifactError (Exception)
      ArtifactNotFoundError    no contract of that name
      ArtifactFormatError      a file that build_artifacts.py did not write
"""

from verifier_contracts._artifact import (
    Artifact,
    ArtifactError,
    ArtifactFormatError,
    ArtifactNotFoundError,
    load,
    names,
)

__all__ = [
    "Artifact",
    "ArtifactError",
    "ArtifactFormatError",
    "ArtifactNotFoundError",
    "load",
    "names",
]
