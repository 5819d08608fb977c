"""Which frames of the field does a person look at, why, and until when? Knows no files and no pixels.

A queue is a folder, made once by ``detection review queue`` and never changed afterwards:

``queue.json``
    A :class:`~detection.rules.field.queue.items.Queue` as JSON, keys sorted. Its ``id`` is the digest of everything
    else that stands in it, so that a changed queue is found.
``frames/<frame id>.<jpg|png|bmp>``
    One file an item, the bytes as the device kept them: their SHA-256 is the frame's id.

Items stand in the order in which they should be looked at. Frames of the reason ``control`` are reviewed *blind*:
whoever labels them must not see the predictions, since agreement and prelabel bias are measured on them.
"""
