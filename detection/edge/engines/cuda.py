"""What a session asks of a graphics card beside the engine: memory, copies, one queue. Through the card's own library.

Never run by those who wrote it, for want of a card: only the refusal without one was. Written against the documented
calls of the CUDA runtime 12 and 13.
"""

from __future__ import annotations

import ctypes
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from detection.errors import EnvironmentMissingError, ModelError

_LIBRARIES = ("libcudart.so.13", "libcudart.so.12", "libcudart.so")
_TO_CARD, _FROM_CARD = 1, 2


class Card:
    """The first graphics card: one queue, and memory that is kept until the card is closed."""

    def __init__(self, packages: Path) -> None:
        """Open it.

        Args:
            packages: the folder of Python's packages: where wheels put the library, if the system has none.

        Raises:
            EnvironmentMissingError: no library, no driver or no card.
        """
        self._library = _library(packages)
        self._memory: list[ctypes.c_void_p] = []
        count = ctypes.c_int(0)
        if self._library.cudaGetDeviceCount(ctypes.byref(count)) or not count.value:
            raise EnvironmentMissingError(
                "no NVIDIA graphics card with a driver was found; expected one; run a variant for the processor here"
            )
        self._queue = ctypes.c_void_p()
        self._expect(self._library.cudaStreamCreate(ctypes.byref(self._queue)), "make a queue")

    @property
    def queue(self) -> int:
        """The queue's handle, for the engine."""
        return int(self._queue.value or 0)

    def memory(self, size: int) -> int:
        """The address of ``size`` fresh bytes on the card."""
        address = ctypes.c_void_p()
        self._expect(self._library.cudaMalloc(ctypes.byref(address), ctypes.c_size_t(size)), f"give {size} bytes")
        self._memory.append(address)
        return int(address.value or 0)

    def put(self, address: int, values: NDArray[np.uint8]) -> None:
        """Queue a copy to the card; ``values`` must stay as they are until :meth:`wait`."""
        self._copy(address, values.ctypes.data, values.nbytes, _TO_CARD)

    def get(self, values: NDArray[np.float32], address: int) -> None:
        """Queue a copy from the card; ``values`` are filled after :meth:`wait`."""
        self._copy(values.ctypes.data, address, values.nbytes, _FROM_CARD)

    def wait(self) -> None:
        """Until all that was queued is done."""
        self._expect(self._library.cudaStreamSynchronize(self._queue), "finish")

    def close(self) -> None:
        """Give memory and queue back; once is enough."""
        while self._memory:
            self._library.cudaFree(self._memory.pop())
        if self._queue.value:
            self._library.cudaStreamDestroy(self._queue)
            self._queue = ctypes.c_void_p()

    def _copy(self, to: int, source: int, size: int, direction: int) -> None:
        call = self._library.cudaMemcpyAsync
        done = call(
            ctypes.c_void_p(to), ctypes.c_void_p(source), ctypes.c_size_t(size), ctypes.c_int(direction), self._queue
        )
        self._expect(done, "copy")

    def _expect(self, code: int, deed: str) -> None:
        if code:
            raise ModelError(f"the graphics card cannot {deed} (CUDA error {code}); look at its driver's log")


def _library(packages: Path) -> ctypes.CDLL:
    places = [*_LIBRARIES, *map(str, sorted(packages.glob("nvidia/*/lib/libcudart.so.*")))]
    for place in places:
        try:
            return ctypes.CDLL(place)
        except OSError:
            continue
    raise EnvironmentMissingError(
        f"the CUDA runtime was not found (looked for {', '.join(_LIBRARIES)}); install the card's driver and runtime"
    )
