"""What verbs of more than one room take: which registry, and which version."""

from __future__ import annotations

from typing import Annotated

import typer

RegistryUrl = Annotated[
    str | None,
    typer.Option(
        "--registry", metavar="URL", help="sqlite:///FILE or postgresql://HOST/DB; of params.yaml if left out."
    ),
]
Named = Annotated[
    str, typer.Argument(metavar="VERSION", help="1.2.3, `latest`, or at least 6 characters of the digest.")
]
