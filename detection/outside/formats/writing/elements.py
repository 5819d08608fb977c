"""XML as our writers make it: elements with text, numbers that lose nothing, bytes in UTF-8."""

from __future__ import annotations

from xml.etree import ElementTree
from xml.etree.ElementTree import Element

import numpy as np


def leaf(parent: Element, tag: str, text: str) -> Element:
    """Add an element that holds text."""
    element = ElementTree.SubElement(parent, tag)
    element.text = text
    return element


def exact(value: np.float32) -> str:
    """A float32 in the fewest decimals that bring it back."""
    return np.format_float_positional(value, unique=True, trim="-")


def document(root: Element) -> bytes:
    """The whole file, indented."""
    ElementTree.indent(root)
    return bytes(ElementTree.tostring(root, encoding="utf-8", xml_declaration=True)) + b"\n"
