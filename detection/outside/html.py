"""Pages and cards: the only file that knows jinja2. Values in, one self-contained text out.

Everything that is rendered is escaped: for HTML by autoescape, for Markdown by a finalizer; in both, signs that are not
seen (control characters, marks that turn the direction of a line) are spelled out. A content security policy forbids
scripts, remote assets and every style but our own sheet, so that text which slipped through still does nothing.
"""

from __future__ import annotations

import re
from base64 import b64encode
from functools import cache
from hashlib import sha256
from pathlib import Path
from unicodedata import category

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from detection.outside import exits
from detection.rules.evidence.page import DataUri, Page

_BLANK = "\n\t"
"""Blanks that break lines or columns; a page shows each as one."""
TEMPLATES = Path(__file__).parent / "templates"
SHEETS = ("page.css", "drawings.css")

_MARKDOWN = re.compile(r"[\\`*\[\]|~]|(?<![^\W_])_|_(?![^\W_])|^[#+-]+(?=\s)|^\d+(?=[.)]\s)|^[=-]{2,}$")
"""What Markdown reads: brackets, bars and emphasis anywhere, marks of headings and lists where a line begins."""


def page(content: Page) -> str:
    """One HTML page that needs nothing beside itself."""
    sheet = "".join((TEMPLATES / name).read_text(encoding="utf-8") for name in SHEETS)
    template = _environment(markdown=False).get_template("page.html.j2")
    return template.render(page=content, sheet=Markup(sheet), policy=policy(sheet))  # noqa: S704 (our own file)


def model_card(content: Page) -> str:
    """The same content as Markdown, pictures named and left out."""
    return _markdown("Model card", content)


def data_card(content: Page) -> str:
    """A version of the data as Markdown, pictures named and left out."""
    return _markdown("Data card", content)


def validation_report(content: Page) -> str:
    """A validation report as Markdown, pictures named and left out: the page of the same name shows them."""
    return _markdown("Validation report", content, contents=True)


def document(content: Page) -> str:
    """A page of a site as Markdown; its links lead to the Markdown of the other pages."""
    return _markdown(content.kicker, content)


def policy(sheet: str) -> str:
    """A content security policy under which only ``sheet`` styles the page, pictures are embedded and nothing runs."""
    digest = b64encode(sha256(sheet.encode()).digest()).decode()
    return f"default-src 'none'; img-src data:; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"


def data_uri(kind: str, content: bytes) -> DataUri:
    """A picture of MIME type ``kind`` as text that travels inside the page."""
    return f"data:{kind};base64,{b64encode(content).decode()}"


def escape_markdown(value: object) -> str:
    """``value`` on one line, with every sign that Markdown, HTML or a terminal would read made harmless."""
    line = exits.shown(" ".join(str(value).split()))
    plain = line.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return _MARKDOWN.sub(_escaped, plain)


def _escaped(found: re.Match[str]) -> str:
    """A backslash before the sign; after the number of what would begin a numbered list."""
    return f"{found[0]}\\" if found[0][0].isdigit() else f"\\{found[0]}"


def _markdown(kind: str, content: Page, *, contents: bool = False) -> str:
    return _environment(markdown=True).get_template("card.md.j2").render(kind=kind, page=content, contents=contents)


def _for_html(value: object) -> object:
    """Text whose every sign is seen; what is markup already, or no text, as it is."""
    if not isinstance(value, str) or isinstance(value, Markup) or value.isprintable():
        return value
    return "".join(sign if sign in _BLANK or category(sign) == "Zs" else exits.shown(sign) for sign in value)


def _for_markdown(value: object) -> object:
    return value if isinstance(value, Markup) else Markup(escape_markdown(value))  # noqa: S704 (escaped for Markdown)


@cache
def _environment(*, markdown: bool) -> Environment:
    """One for each kind of text: a site of many pages reads its templates once."""
    return Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        finalize=_for_markdown if markdown else _for_html,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
