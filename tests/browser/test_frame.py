from playwright.sync_api import Page, expect


def test_the_health_page_is_shown_to_anybody(page: Page) -> None:
    page.goto("/healthz")
    expect(page.locator("body")).to_have_text("ok")
