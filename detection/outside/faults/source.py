"""Faults of preprocessing: a few lines behind the end of the runtime's own source, as a careless change would leave it.

The stages that run then, and the runtime that parity packs, carry the fault from that source. The model was trained by
the training framework's preprocessing, which stays sound.
"""

from __future__ import annotations

from detection.outside import files
from detection.outside.faults.planting import Planted
from detection.outside.faults.scratch import Scratch

PREPROCESSING = "edge/vision/preprocess.py"

_CHANNELS = """

_sound_place = Preprocessor.place


def _place(self: Preprocessor, image: Image) -> Letterbox:
    return _sound_place(self, np.ascontiguousarray(image[:, :, ::-1]))


Preprocessor.place = _place
"""

_STRETCH = """

def placement(frame_width: int, frame_height: int, width: int, height: int) -> Letterbox:
    return Letterbox(width / frame_width, 0, 0, frame_width, frame_height, width, height)
"""

_SHIFT = """

_sound_place = Preprocessor.place


def _place(self: Preprocessor, image: Image) -> Letterbox:
    aside = np.array([[1, 0, 0.5], [0, 1, 0.5]], np.float32)
    moved = cv2.warpAffine(image, aside, (image.shape[1], image.shape[0]), borderMode=cv2.BORDER_REPLICATE)
    return _sound_place(self, moved)


Preprocessor.place = _place
"""


def swap_channels(place: Scratch) -> Planted:
    """The model sees blue where it learnt red."""
    _append(place, _CHANNELS)
    return Planted("the runtime hands the model blue, green, red instead of red, green, blue")


def stretch(place: Scratch) -> Planted:
    """Frames are pulled to the model's square; boxes are brought back rightly."""
    _append(place, _STRETCH)
    return Planted("the runtime stretches a frame to the model's square instead of letterboxing it")


def shift(place: Scratch) -> Planted:
    """Half a pixel of the frame, less than that of the model's input where frames are made smaller."""
    _append(place, _SHIFT)
    return Planted("the runtime shows the model each frame half a pixel too far right and down")


def _append(place: Scratch, text: str) -> None:
    path = place.own_source() / PREPROCESSING
    files.write_text(path, path.read_text(encoding="utf-8") + text)
