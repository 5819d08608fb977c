"""TensorRT engines built on the workstation: ahead of time, for named cards, whether or not one stands here."""

from __future__ import annotations

import ctypes
import hashlib
import importlib.util
import time

from detection.edge.engines import tensorrt as engines
from detection.edge.engines.tensorrt import Sides
from detection.errors import EnvironmentMissingError
from detection.rules.engines import BuiltEngine, Recipe

AHEAD_OF_TIME = "tensorrt_rtx"
"""The product that builds for a card which is not here."""


def built(content: bytes, recipe: Recipe, sides: Sides | None = None) -> tuple[BuiltEngine, bytes]:
    """Build one engine and describe it.

    Args:
        content: the ONNX file, its numbers already in the recipe's precision.
        recipe: for whom.
        sides: for a graph whose height and width are free.

    Raises:
        ModelError: the parser or the builder refuses; every unsupported operator is named.
        EnvironmentMissingError: the package is not installed.
    """
    if importlib.util.find_spec(AHEAD_OF_TIME) is None:
        raise EnvironmentMissingError(
            f"engine {recipe.engine} needs the package tensorrt-rtx-cu13; expected the extra `tensorrt` of the "
            "workstation; install it"
        )
    began = time.perf_counter()
    made = engines.build(content, AHEAD_OF_TIME, recipe.compute_capability, sides)
    seconds = time.perf_counter() - began
    described = BuiltEngine(
        recipe, round(seconds, 1), len(made.content), hashlib.sha256(made.content).hexdigest(), made.takes, made.gives
    )
    return described, made.content


def card_is_here() -> bool:
    """A driver answers and names at least one card: only then can an engine be run, and so judged."""
    try:
        driver = ctypes.CDLL("libcuda.so.1")
    except OSError:
        return False
    count = ctypes.c_int(0)
    return driver.cuInit(0) == 0 and driver.cuDeviceGetCount(ctypes.byref(count)) == 0 and count.value > 0
