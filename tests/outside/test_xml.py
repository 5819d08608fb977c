"""XML from strangers: what is not plain is refused before it costs anything."""

from __future__ import annotations

import time
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from detection.outside import xml
from detection.outside.xml import XmlError

GOOD = '<?xml version="1.0"?><a n="1"><b>grün &lt;b&gt; &#x20AC;</b><b/></a>'


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_plain_xml_is_read_in_every_encoding_it_declares(encoding: str) -> None:
    """Tools on Windows write byte order marks."""
    root = xml.parse(GOOD.encode(encoding), 1000)
    assert (root.tag, root.get("n"), [b.text for b in root]) == ("a", "1", ["grün <b> €", None])


def test_a_declared_single_byte_encoding_is_read() -> None:
    """Older tools write the local code page and say so."""
    text = '<?xml version="1.0" encoding="iso-8859-1"?><a>grün</a>'
    assert xml.parse(text.encode("latin-1"), 1000).text == "grün"


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        pytest.param(b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>', "DOCTYPE", id="foreign file"),
        pytest.param(b'<!DOCTYPE a [<!ENTITY x "aa"><!ENTITY y "&x;&x;">]><a>&y;</a>', "DOCTYPE", id="bomb"),
        pytest.param(b'<!DOCTYPE a SYSTEM "http://example.org/a.dtd"><a/>', "DOCTYPE", id="foreign rules"),
        pytest.param(b"<!DOCTYPE a><a/>", "DOCTYPE", id="bare"),
        pytest.param('<!DOCTYPE a [<!ENTITY x "aa">]><a/>'.encode("utf-16"), "DOCTYPE", id="in UTF-16"),
        pytest.param(b"<a>&x;</a>", "undefined entity", id="entity nobody declared"),
        pytest.param(b"<a>" * 33 + b"</a>" * 33, "32 elements deep", id="deep"),
        pytest.param(b"<a>" * 300, "32 elements deep", id="deep and cut"),
        pytest.param(b"<a>" + b" " * 1000 + b"</a>", "at most 1000", id="long"),
        pytest.param(b"", "no element found", id="nothing"),
        pytest.param(b"\0", "cannot be read", id="zero"),
        pytest.param("<a>grün</a>".encode("latin-1"), "not well-formed", id="undeclared code page"),
        pytest.param(b'<?xml version="1.0" encoding="klingon"?><a/>', "klingon", id="unknown encoding"),
        pytest.param(b'<?xml version="1.0" encoding="utf-7"?><a/>', "cannot be read", id="encoding of several bytes"),
        pytest.param(b"<a/><b/>", "junk after", id="two roots"),
    ],
)
def test_what_is_not_plain_is_refused(content: bytes, reason: str) -> None:
    """Entities read files and fill memories; deep trees overflow those who walk them."""
    with pytest.raises(XmlError, match=reason):
        xml.parse(content, 1000)


def test_the_deepest_allowed_tree_is_read() -> None:
    """The limit is on the depth, not on the number of elements."""
    deep = b"<a>" * 32 + b"</a>" * 32
    assert sum(1 for _ in xml.parse(deep, 1000).iter()) == 32
    assert len(xml.parse(b"<a>" + b"<b></b>" * 100 + b"</a>", 1000)) == 100


def test_a_million_attributes_take_no_time() -> None:
    """A parser that compares each attribute with each other would take minutes."""
    names = b" ".join(b'a%d="1"' % n for n in range(200_000))
    start = time.process_time()
    assert len(xml.parse(b"<a " + names + b"/>", 10_000_000).attrib) == 200_000
    assert time.process_time() - start < 5


@settings(max_examples=150, deadline=None)
@given(cut=st.integers(0, len(GOOD.encode())), junk=st.binary(max_size=12), tail=st.booleans())
def test_no_damage_leaves_by_another_door(cut: int, junk: bytes, tail: bool) -> None:
    """Whatever stands in a file, it is read or refused with a reason."""
    whole = GOOD.encode()
    with suppress(XmlError):
        xml.parse(whole[:cut] + junk + (whole[cut + 3 :] if tail else b""), 1000)
