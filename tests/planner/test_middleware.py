"""What happens around each request."""

import pytest
import structlog
from django.conf import settings
from django.urls import reverse
from model_bakery import baker
from structlog.testing import capture_logs

from planner import middleware


def test_each_answer_carries_a_request_id_of_its_own(client):
    first, second = (client.get(reverse("health-live")) for _ in range(2))
    assert first.headers["X-Request-Id"] != second.headers["X-Request-Id"]


def test_the_log_line_has_no_query_because_people_search_by_name(client, monkeypatch):
    monkeypatch.setattr(middleware, "log", structlog.get_logger())  # not a cached one
    with capture_logs() as lines:
        client.get(reverse("account_login"), {"next": "/desk/?q=Siti+Rahma"})
    (line,) = [line for line in lines if line["event"] == "request"]
    assert line["path"] == reverse("account_login")
    assert line["status"] == 200
    assert "Siti" not in str(line)


@pytest.mark.django_db
class TestLanguage:
    """The reader's choice wins over the account, the account over the browser."""

    def page(self, client, **headers):
        return client.get(reverse("admin:index"), headers=headers, follow=True)

    def test_the_browser_decides_for_strangers(self, client):
        login = reverse("account_login")
        for wanted in ("id", "en"):
            response = client.get(login, headers={"accept-language": wanted})
            assert response.headers["Content-Language"] == wanted

    @pytest.mark.parametrize("language", ["id", "en"])
    def test_the_account_decides_after_signing_in(self, client, language):
        user = baker.make(
            settings.AUTH_USER_MODEL,
            language=language,
            is_staff=True,
            is_superuser=True,
        )
        client.force_login(user)
        other = {"id": "en", "en": "id"}[language]
        response = self.page(client, **{"accept-language": other})
        assert response.headers["Content-Language"] == language

    def test_a_choice_on_the_page_wins(self, client):
        user = baker.make(
            settings.AUTH_USER_MODEL, language="id", is_staff=True, is_superuser=True
        )
        client.force_login(user)
        client.post(reverse("set_language"), {"language": "en"})
        assert self.page(client).headers["Content-Language"] == "en"


class TestPolicy:
    """Scripts come from us alone; only the desk's theme may evaluate expressions."""

    def policy(self, response):
        return response.headers["Content-Security-Policy"]

    def test_ordinary_pages_are_strict(self, client):
        policy = self.policy(client.get(reverse("account_login")))
        assert "script-src 'self';" in f"{policy};"
        assert "unsafe" not in policy

    @pytest.mark.django_db
    def test_the_desk_gets_what_its_theme_needs(self, client):
        policy = self.policy(client.get(reverse("admin:index")))
        assert "script-src 'self' 'unsafe-eval'" in policy
        assert "object-src 'none'" in policy

    def test_the_pages_of_the_api_may_style_and_run_nothing_inline(self, client):
        policy = self.policy(client.get(reverse("api:docs")))
        assert "style-src 'self' 'unsafe-inline'" in policy
        assert "script-src 'self';" in f"{policy};"
