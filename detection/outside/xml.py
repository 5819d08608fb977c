"""XML from strangers: one way to parse it, without document types and within limits. Knows no format."""

from __future__ import annotations

from xml.etree import ElementTree

MAXIMUM_DEPTH = 32
"""No label file is nested deeper; the tree of a deeper one could overflow whoever walks it."""


class XmlError(Exception):
    """Why the content is not taken; no path, the caller knows it."""


class _Builder(ElementTree.TreeBuilder):
    """Refuses a document type, and with it every entity: neither bombs nor files of this machine can be named."""

    def __init__(self) -> None:
        super().__init__()
        self._depth = 0

    def doctype(self, name: str, public: str | None, system: str | None) -> None:
        raise XmlError("has a DOCTYPE, which no label file needs; remove it")

    def start(self, tag: str, attrs: dict[str, str], /) -> ElementTree.Element:
        self._depth += 1
        if self._depth > MAXIMUM_DEPTH:
            raise XmlError(f"is nested more than {MAXIMUM_DEPTH} elements deep; no label file is")
        return super().start(tag, attrs)

    def end(self, tag: str, /) -> ElementTree.Element:
        self._depth -= 1
        return super().end(tag)


def parse(content: bytes, maximum_bytes: int) -> ElementTree.Element:
    """The outermost element of an XML file.

    Args:
        content: the file; UTF-8, or what its declaration or byte order mark says.
        maximum_bytes: longer content is refused before it is parsed.

    Raises:
        XmlError: too long, not XML, of an unknown encoding, with a DOCTYPE, or nested too deep.
    """
    if len(content) > maximum_bytes:
        raise XmlError(f"has {len(content)} bytes; expected at most {maximum_bytes}")
    parser = ElementTree.XMLParser(target=_Builder())  # noqa: S314 (no DOCTYPE, so no entities)
    try:
        parser.feed(content)
        root: ElementTree.Element = parser.close()
    except (ElementTree.ParseError, LookupError, ValueError) as error:
        raise XmlError(f"cannot be read as XML ({error}); write it again") from error
    return root
