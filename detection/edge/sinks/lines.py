"""Answers as lines: on standard output, or in a file that is whole at the end."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

from detection.errors import DetectionError


@contextmanager
def lines(path: Path | None) -> Iterator[TextIO]:
    """Where lines go: standard output, or a file that is written beside its place and renamed at the end.

    Raises:
        DetectionError: the disk refuses.
    """
    if path is None:
        try:
            yield sys.stdout
        except BrokenPipeError:
            raise
        except OSError as error:
            raise DetectionError(f"standard output: cannot be written ({error.strerror or error})") from error
        return
    temporary = path.with_name(path.name + ".part")
    try:
        with temporary.open("w", encoding="utf-8") as stream:
            try:
                yield stream
            finally:
                stream.flush()
                os.fsync(stream.fileno())
    except OSError as error:
        temporary.unlink(missing_ok=True)
        raise DetectionError(f"{path}: cannot be written ({error.strerror or error}); name another file") from error
    except DetectionError:
        temporary.unlink(missing_ok=True)
        raise
    except KeyboardInterrupt:
        temporary.replace(path)
        raise
    temporary.replace(path)
