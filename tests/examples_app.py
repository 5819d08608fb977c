"""What a reviewer does in FiftyOne's App, with the mouse and the keyboard."""

from __future__ import annotations

from playwright.sync_api import Locator, Page

from tests.examples_review import predictions

MODAL = "[data-cy=modal]"


def dismiss(page: Page) -> None:
    """The App's own advertisement goes, if it comes."""
    page.wait_for_timeout(4000)
    if page.get_by_text("Dismiss").count():
        page.get_by_text("Dismiss").first.click()


def go_on(page: Page) -> None:
    """The frame after the one that is open."""
    page.locator(f"{MODAL} [data-cy=panel-tab-fo-sample-modal-plugin]").click()
    page.locator("[data-cy=nav-right-button]").click()
    page.wait_for_timeout(2000)


def open_frame(page: Page, place: int) -> None:
    """Open a frame of the grid, large; in a second tab the App opens by itself what is open in the first."""
    looker = page.locator("[data-cy=looker]").nth(place)
    looker.wait_for()
    dismiss(page)
    if not page.locator(MODAL).count():
        looker.hover()
        page.wait_for_timeout(500)
        looker.click(position={"x": 30, "y": 120})
    page.locator(MODAL).wait_for()


def draw(page: Page) -> None:
    """A box over the first parcel of the frame, drawn with the mouse."""
    page.locator("[data-cy=annotate]").click()
    canvas = page.locator("[data-cy=lighter-sample-renderer-canvas]")
    canvas.wait_for()
    page.wait_for_timeout(3000)
    page.locator("[data-cy=detection-mode]").click()
    place = canvas.bounding_box()
    assert place is not None
    scale = min(place["width"] / 320, place["height"] / 240)
    left = place["x"] + (place["width"] - 320 * scale) / 2
    top = place["y"] + (place["height"] - 240 * scale) / 2
    one = predictions(0)[0]
    page.mouse.move(left + one.x1 * scale, top + one.y1 * scale)
    page.mouse.down()
    page.mouse.move(left + (one.x1 + one.x2) / 2 * scale, top + (one.y1 + one.y2) / 2 * scale, steps=5)
    page.mouse.move(left + one.x2 * scale, top + one.y2 * scale, steps=5)
    page.mouse.up()


def annotate(page: Page) -> Locator:
    """The list of the open frame's boxes, for editing."""
    page.wait_for_timeout(2000)
    if page.locator("[data-cy=annotate]").count():
        page.locator("[data-cy=annotate]").click()
    labels = page.locator("[data-cy^=annotate-label-]")
    labels.nth(1).wait_for()
    page.wait_for_timeout(2000)
    return labels


def move(page: Page, label: Locator, left: str) -> None:
    """A box gets another left edge."""
    label.click()
    field = page.locator("[data-cy=root_position_x_container] input")
    field.fill(left)
    field.press("Enter")
    page.wait_for_timeout(1500)


def edit(page: Page) -> None:
    """The first box gets another left edge, the second one goes."""
    labels = annotate(page)
    move(page, labels.first, "0.25")
    page.locator("[data-cy=annotate-edit-back]").click()
    labels.nth(1).click()
    page.locator("[data-cy=label-menu-trigger]").click()
    page.get_by_text("Delete label").click()


def show_panel(page: Page) -> None:
    """Our panel in the opened frame."""
    if page.locator("[data-cy=explore]").count():
        page.locator("[data-cy=explore]").click()
    page.wait_for_timeout(1000)
    tab = page.locator(f"{MODAL} [data-cy=panel-tab-progress]")
    if tab.count():
        tab.click()
    else:
        page.locator(f"{MODAL} [data-cy=new-panel-btn]").click()
        page.get_by_text("Review", exact=True).last.click()
    page.get_by_text("This frame:").last.wait_for()


def press(page: Page, word: str) -> None:
    """A button of our panel."""
    page.get_by_text(f"{word}:").last.click()


def decide(page: Page, word: str) -> None:
    """Show our panel in the opened frame and press one of its buttons."""
    show_panel(page)
    press(page, word)
