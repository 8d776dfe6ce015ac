"""What the tests in a browser stand on notices what it should: a spy that hears nothing would let everything pass."""

from __future__ import annotations

import pytest

from tests.app.conftest import NewPage, Server, assert_accessible, assert_fits, open_at

pytestmark = pytest.mark.slow


@pytest.mark.parametrize(
    ("script", "heard"),
    [
        ("console.error('broken')", "on the console: broken"),
        ("setTimeout(() => { throw new Error('broken'); })", "error in the page: broken"),
        ("fetch('/no/such/page')", "status 404"),
        ("fetch('http://192.0.2.1/').catch(() => 0)", "Content Security Policy"),
        ("new WebSocket('ws://192.0.2.1/').onerror = () => 0", "Content Security Policy"),
        ("new Image().src = 'http://192.0.2.1/x.png'", "Content Security Policy"),
    ],
)
def test_the_spy_hears_what_goes_wrong(new_page: NewPage, placeholder: Server, script: str, heard: str) -> None:
    page = open_at(new_page(placeholder.url), "/")
    spy = page.spy  # type: ignore[attr-defined]
    assert not spy.wrongs
    page.evaluate(f"() => {{ try {{ {script} }} catch (error) {{ }} }}")
    page.wait_for_timeout(500)
    assert any(heard in wrong for wrong in spy.wrongs), spy.wrongs
    spy.expected = ("",)


def test_the_spy_hears_of_requests_that_leave_the_computer(new_page: NewPage, placeholder: Server) -> None:
    page = open_at(new_page(placeholder.url, bypass_csp=True), "/")
    spy = page.spy  # type: ignore[attr-defined]
    page.evaluate("() => { new Image().src = 'http://192.0.2.1/x.png'; }")
    page.wait_for_timeout(500)
    assert "left this computer: http://192.0.2.1/x.png" in spy.wrongs
    spy.expected = ("",)


def test_what_is_too_wide_is_noticed(new_page: NewPage, placeholder: Server) -> None:
    page = open_at(new_page(placeholder.url, "phone"), "/")
    assert_fits(page)
    page.evaluate("() => { document.querySelector('main').style.width = '500px'; }")
    with pytest.raises(AssertionError, match="pixels wide in a window of 390"):
        assert_fits(page)


def test_what_not_everybody_can_use_is_noticed(new_page: NewPage, placeholder: Server) -> None:
    page = open_at(new_page(placeholder.url, bypass_csp=True), "/")
    page.evaluate("""() => {
      document.querySelector('main').insertAdjacentHTML('beforeend', '<input><p style="color:#bbb">Hard to read</p>');
    }""")
    with pytest.raises(AssertionError, match="critical: label"):
        assert_accessible(page, "color-contrast")
    with pytest.raises(AssertionError, match="serious: color-contrast"):
        assert_accessible(page, "label")
