"""Documents are parsed once, strictly, and every fault has its line."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import Field

from detection.errors import DocumentError
from detection.outside.documents import read_document, read_json, read_value, write_value
from detection.rules.document import Document


class Inner(Document):
    """A section."""

    share: Annotated[float, Field(ge=0, le=1)]
    names: list[str]


class Outer(Document):
    """A document."""

    count: int
    inner: Inner


@dataclass(frozen=True)
class Value:
    """What a stage leaves."""

    name: str
    share: float | None
    rows: tuple[int, ...]


GOOD = "count: 3\ninner:\n  share: 0.5\n  names: [a, b]\n"


def _faults(folder: Path, text: str, section: str | None = None) -> str:
    (folder / "d.yaml").write_text(text)
    with pytest.raises(DocumentError) as caught:
        read_document(Outer if section is None else Inner, folder / "d.yaml", section)
    return str(caught.value)


def test_a_document_and_a_section_of_it_are_read(tmp_path: Path) -> None:
    """A stage reads its own section and is not stopped by another's faults."""
    (tmp_path / "d.yaml").write_text(GOOD)
    assert read_document(Outer, tmp_path / "d.yaml").inner.share == 0.5
    (tmp_path / "d.yaml").write_text(GOOD.replace("count: 3", "count: three"))
    assert read_document(Inner, tmp_path / "d.yaml", "inner").names == ["a", "b"]


def test_all_faults_come_with_their_lines(tmp_path: Path) -> None:
    """Unknown key, wrong unit, missing key: all in one message."""
    told = _faults(tmp_path, "count: 3 px\ninner:\n  share: 50\n  nmes: [a]\n")
    for part in ("d.yaml:1: count:", "d.yaml:3: inner.share:", "d.yaml:4: inner.nmes: unknown key",
                 "inner.names: is missing"):  # fmt: skip
        assert part in told


def test_a_fault_of_a_section_names_the_section(tmp_path: Path) -> None:
    """The reader mends the file, not the section."""
    assert "d.yaml:3: inner.share:" in _faults(tmp_path, GOOD.replace("0.5", "5.0"), "inner")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        pytest.param("a: &x [1]\nb: *x\n", "d.yaml:1: anchors, aliases and tags", id="alias"),
        pytest.param("a: !!python/object:os.system x\n", "anchors, aliases and tags", id="tag"),
        pytest.param("count: 1\ncount: 2\n", "d.yaml:2: key 'count' stands twice", id="twice"),
        pytest.param("", "is empty", id="empty"),
        pytest.param("a: [", "cannot be read as YAML", id="broken"),
        pytest.param("count: .nan\ninner: {share: 0.5, names: []}\n", "count", id="nan"),
        pytest.param("count: 1\ninner: {share: .inf, names: []}\n", "inner.share", id="inf"),
        pytest.param("count: 1\ninner: {share: 0.5, names: [1]}\n", "inner.names.0", id="number for text"),
        pytest.param("count: '1'\ninner: {share: 0.5, names: []}\n", "count", id="text for number"),
        pytest.param("[" * 100_000, "d.yaml:1: nested more than 20 deep", id="deep"),
        pytest.param("count: 2001-13-45\n", "d.yaml:1: '2001-13-45' is no value", id="date that is none"),
        pytest.param("count: 0x_\n", "d.yaml:1: '0x_' is no value", id="number that is none"),
        pytest.param("count: " + "1" * 5000 + "\n", "d.yaml:1: '1111", id="5000 digits"),
        pytest.param("? [count]\n: 1\n", "d.yaml:1: a key is no plain text", id="list as key"),
        pytest.param("%YAML 1." + "1" * 5000 + "\n---\na: 1\n", "cannot be read as YAML", id="endless version"),
        pytest.param('a: "\\UFFFFFFFF"\n', "cannot be read as YAML", id="character that is none"),
        pytest.param('a: "\\uD800"\n', "d.yaml:1: '\\ud800' holds half a character", id="half a character"),
        pytest.param("x" * 1_000_001, "expected at most", id="long"),
    ],
)
def test_what_yaml_allows_and_we_do_not_is_told(tmp_path: Path, text: str, words: str) -> None:
    """Of two equal keys one would win silently; nested anchors fill memories."""
    assert words in _faults(tmp_path, text)


def test_a_missing_file_or_section_is_told(tmp_path: Path) -> None:
    """With the path as the reader wrote it."""
    with pytest.raises(DocumentError, match="nowhere"):
        read_document(Outer, tmp_path / "nowhere.yaml")
    assert "section 'other' is missing" in _faults(tmp_path, GOOD, "other")


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.text(alphabet="ab:{}[]-&*!|>'\"#, \n\t0123456789.é\x00\\%UuxDYAML", max_size=40))
def test_no_text_leaves_by_another_door(tmp_path: Path, text: str) -> None:
    """Whatever people write, they get our error."""
    assert "d.yaml" in _faults(tmp_path, text)


def test_a_value_comes_back(tmp_path: Path) -> None:
    """What one stage writes the next reads, typed."""
    value = Value("a", None, (1, 2))
    write_value(tmp_path / "v.json", value)
    assert read_value(Value, tmp_path / "v.json") == value


@pytest.mark.parametrize("text", ["", "{}", '{"name": 1, "share": 2, "rows": []}', "[1", "\xff"])
def test_a_damaged_value_is_our_error(tmp_path: Path, text: str) -> None:
    """Also one that another version wrote."""
    (tmp_path / "v.json").write_text(text)
    with pytest.raises(DocumentError, match=r"v\.json: is not the Value a stage wrote"):
        read_value(Value, tmp_path / "v.json")


@pytest.mark.parametrize("text", ["NaN", "[Infinity]", "-Infinity", "[1", "[" * 100_000])
def test_what_json_readers_accept_and_json_does_not_is_refused(tmp_path: Path, text: str) -> None:
    """NaN compares false with every bound, and so passes every check that is not written for it."""
    (tmp_path / "a.json").write_text(text)
    with pytest.raises(DocumentError, match=r"a\.json: cannot be read as JSON"):
        read_json(tmp_path / "a.json")
