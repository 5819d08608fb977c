"""Every kind of finding, and what it means, in one place: the page prints it, and a finding of no kind is refused.

A kind is a key of the spec's ``labelling.findings``, which says whether it blocks; those it does not name are warnings.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

KINDS: Mapping[str, str] = MappingProxyType(
    {
        # What collect set aside.
        "unreadable": "The image is missing, damaged or of a kind that is not read; set aside with its boxes.",
        "missing": "The list of frames to keep names an image that the source does not have.",
        "unreadable-labels": "The label file of an image cannot be understood; the image is set aside.",
        "unknown-size": "Neither the labels nor an image say how large the frame is; set aside.",
        "size-mismatch": "The labels were drawn for an image of another size, so no box may lie where it should.",
        "duplicate-frame": "The same file stands in the data more than once; one is kept.",
        "duplicate-answer": "One annotator answers for one image more than once with the same boxes; one is kept.",
        "ambiguous-annotator": "One annotator answers for one image more than once, differently; set aside.",
        "unboxed-object": "The labels say that an object is there, and nobody drew it: not usable as an empty frame.",
        "expired": "The right to keep it has ended; excluded.",
        # Frames.
        "unlabelled": "Nobody looked at the frame. That is not an empty frame, and nothing learns from it.",
        "no-pixels": "Only the labels are known; nothing can be said about these images.",
        "dark-frame": "Mean grey lies below the spec's minimum.",
        "blown-frame": "More of the frame is blown out than the spec allows.",
        "blurred-frame": "There is less fine detail in the frame than the spec asks for.",
        "grey-frame": "The frame has no colour, and its camera usually has.",
        "wrong-size": "The frame has a size that the spec does not list.",
        "crowd-region": "A region stands for objects that nobody counted; nothing inside it is learned or judged.",
        "near-identical": "Two frames show the same picture, and their labels differ: one of them is wrong.",
        # Boxes that are set aside or mended.
        "unknown-class": "Boxes have a class that the spec does not know; set aside.",
        "degenerate-box": "A box has no area or is not finite; set aside.",
        "outside-box": "A box lies outside its frame and is set aside, or reaches over the border and is clipped.",
        "duplicate-box": "A box is drawn twice by one annotator; of exact copies one is kept.",
        # Boxes that somebody should look at.
        "below-minimum-size": "A box is smaller than its class's rule allows to be labelled.",
        "below-visible-share": "So much of a box lies beyond the border that its class's rule says not to label it.",
        "unmarked-truncation": "A box ends at the frame's border and is not marked as truncated.",
        "unreached-truncation": "A box is marked as truncated and ends well inside the frame.",
        "unusual-shape": "A box is far flatter or taller than its class usually is.",
        "unusual-size": "A box is far smaller or larger than its class usually is.",
        "few-boxes": "A frame holds far fewer boxes of a class than is usual: it looks under-labelled.",
        # The whole.
        "coverage": "There is less of a class, a condition or a crossing than the spec asks for.",
        "imbalance": "A class or a condition's value has less than a tenth of its fair share.",
    }
)
