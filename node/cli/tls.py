"""Options of TLS: what a command serves under, and whom it believes."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from node.tls import TlsFiles

Certificate = Annotated[
    Path | None,
    typer.Option("--tls-certificate", help="PEM chain to show; to listen beyond loopback."),
]
Key = Annotated[Path | None, typer.Option("--tls-key", help="Its key, PEM, mode 0600.")]
Callers = Annotated[
    Path | None,
    typer.Option("--tls-callers", help="PEM authority: callers show a certificate of it."),
]
Servers = Annotated[
    Path | None,
    typer.Option("--tls-servers", help="PEM authority of the certificates of those asked."),
]


def serving(certificate: Path | None, key: Path | None, callers: Path | None) -> TlsFiles | None:
    """What to serve under; None for loopback in the clear."""
    _check_pair(certificate, key)
    if certificate is None and callers is not None:
        raise typer.BadParameter("--tls-callers needs --tls-certificate and --tls-key")
    return None if certificate is None else TlsFiles(certificate, key, callers)


def asking(certificate: Path | None, key: Path | None, servers: Path | None) -> TlsFiles | None:
    """What to ask with; None for loopback in the clear."""
    _check_pair(certificate, key)
    if certificate is not None and servers is None:
        raise typer.BadParameter("--tls-certificate needs --tls-servers: whom it is shown to")
    return None if servers is None else TlsFiles(certificate, key, servers)


def _check_pair(certificate: Path | None, key: Path | None) -> None:
    if (certificate is None) != (key is None):
        raise typer.BadParameter("--tls-certificate and --tls-key belong together")
