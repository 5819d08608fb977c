"""The computed dependencies see what DVC would miss."""

from __future__ import annotations

from tests.house import closures


def test_an_import_inside_a_function_counts() -> None:
    assert "detection/scenes/warehouse.py" in closures.code_needed("collect")


def test_the_packages_above_a_module_count() -> None:
    needed = closures.code_needed("train")
    assert {"detection/__init__.py", "detection/stages/__init__.py", "detection/edge/__init__.py"} <= set(needed)


def test_what_is_packed_for_the_device_counts_without_being_imported() -> None:
    assert "detection/edge/__main__.py" in closures.code_needed("bundle")


def test_what_a_file_imports_that_is_read_counts() -> None:
    """Alembic loads the migrations by their path; the laws that they lay down are imported by them alone."""
    assert "detection/outside/database/schema/laws.py" in closures.code_needed("register")


def test_training_does_not_depend_on_judging_reporting_or_the_spec() -> None:
    needed = closures.code_needed("train")
    assert not [n for n in needed if n.startswith("detection/rules/judging")]
    assert "detection/rules/spec.py" not in needed
    assert "detection/outside/html.py" not in needed


def test_a_method_of_the_spec_counts_as_the_section_it_reads() -> None:
    assert closures._sections_behind("class_ids") == {"classes"}
    assert closures._sections_behind("classes") == {"classes"}
