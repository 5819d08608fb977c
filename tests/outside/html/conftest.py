"""A page full of hostile names."""

from __future__ import annotations

import pytest

from tests.examples_pages import detailed


@pytest.fixture(scope="module")
def hostile() -> str:
    return detailed("FAIL")
