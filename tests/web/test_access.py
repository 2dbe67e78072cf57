"""Who may enter, and what each may do there: real logins over HTTP, and in Chromium."""

from __future__ import annotations

import hashlib
import re
import shutil
from base64 import b64encode
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from argon2 import PasswordHasher
from playwright.sync_api import Browser, expect

from monitor import config
from monitor.errors import ConfigError
from monitor.model.settings import Web
from monitor.store import Store
from monitor.web import users
from monitor.web.gate import COOKIE, Access
from monitor.web.serve import check_exposure, serve
from monitor.web.users import Role, User
from tests.web.conftest import served
from tests.web.support import NOW, Answer, Desk

CHEAP = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
"""Argon2 at next to no cost: what is tested is not how long it takes."""

PASSWORD = "violet-harbour-47"


@dataclass
class Clock:
    now: datetime = NOW

    def __call__(self) -> datetime:
        return self.now


@dataclass(frozen=True)
class Closed:
    """A desk that asks who one is."""

    desk: Desk
    file: Path
    clock: Clock

    def login(self, name: str, password: str = PASSWORD, **more: object) -> Answer:
        return self.desk.post("/login", {"name": name, "password": password, **more})

    def enter(self, name: str) -> tuple[str, str]:
        """The session's cookie, and the token that its forms carry."""
        answer = self.login(name)
        assert answer.status == 303
        cookie = answer.headers["set-cookie"].partition(";")[0]
        page = self.desk.ask("/hits/1", Cookie=cookie).text
        found = re.search(r'name="csrf" value="([^"]+)"', page)
        assert found
        return cookie, found[1]

    def token(self, name: str, label: str = "case-system") -> str:
        plain, token = users.new_token(label, NOW)
        known = users.read(self.file)
        users.write(
            self.file,
            [one.model_copy(update={"tokens": (*one.tokens, token)}) if one.name == name else one for one in known],
        )
        return f"Bearer {plain}"


def user(name: str, role: Role, password: str = PASSWORD) -> User:
    return User(name=name, role=role, password=users.stretched(password, CHEAP))


@pytest.fixture
def closed(filled: Path, tmp_path: Path, reasons: list[str]) -> Iterator[Closed]:
    shutil.copy(filled, tmp_path / "monitor.db")
    file = tmp_path / "users.yaml"
    users.write(file, [user("vera", Role.VIEWER), user("dana", Role.ANALYST), user("omar", Role.ADMIN)])
    clock = Clock()
    with served(tmp_path / "monitor.db", reasons, clock=clock, access=Access(file, clock)) as desk:
        yield Closed(desk, file, clock)


PAGES = [
    "/",
    "/hits",
    "/hits/1",
    "/overview",
    "/feeds",
    "/lists",
    "/alerts",
    "/audit",
    "/nowhere",
    "/?q=x&severity=low",
]
FOR_PROGRAMS = ["/api/v1/hits", "/api/v1/hits/1", "/api/v1/alerts", "/api/v1/feeds", "/metrics", "/openapi.json"]


@pytest.mark.parametrize("path", PAGES)
def test_a_stranger_is_asked_to_log_in_and_led_back(closed: Closed, path: str) -> None:
    answer = closed.desk.ask(path)
    assert answer.status == 303
    assert answer.headers["location"].startswith("/login")
    assert "Rosneft" not in answer.text
    asked = closed.desk.ask(answer.headers["location"])
    assert asked.status == 200
    assert "All feeds answer" not in asked.text, "a stranger is told nothing of how things stand"
    to = re.search(r'name="to" value="([^"]*)"', asked.text)
    assert to
    wanted = to[1].replace("&amp;", "&")
    assert closed.login("omar", to=wanted).headers["location"] == path == wanted


@pytest.mark.parametrize("path", FOR_PROGRAMS)
def test_a_program_without_a_token_is_told_what_to_do(closed: Closed, path: str) -> None:
    for headers in ({}, {"Authorization": "Bearer swm_wrong"}, {"Authorization": "Basic b21hcjp4"}):
        answer = closed.desk.ask(path, **headers)
        assert answer.status == 401
        assert answer.headers["www-authenticate"] == "Bearer"
        assert "monitor web user token" in answer.json["error"]


def test_health_checks_need_no_login_and_tell_strangers_no_reasons(closed: Closed, reasons: list[str]) -> None:
    reasons.append("every feed fails")
    assert closed.desk.ask("/healthz").status == 200
    assert closed.desk.ask("/readyz").json == {"ready": False, "reasons": []}
    assert closed.desk.ask("/readyz", Authorization=closed.token("vera")).json["reasons"] == reasons
    assert closed.desk.ask("/static/desk.css").status == 200


@pytest.mark.parametrize("password", ["", "wrong", PASSWORD.upper(), PASSWORD + " "])
@pytest.mark.parametrize("name", ["dana", "nobody", ""])
def test_a_wrong_password_says_no_more_than_that(closed: Closed, name: str, password: str) -> None:
    answer = closed.login(name, password)
    assert answer.status == 401
    assert "Name and password do not fit" in answer.text
    assert "set-cookie" not in answer.headers


def test_the_cookie_is_out_of_scripts_reach_and_new_at_each_login(closed: Closed) -> None:
    first = closed.login("dana").headers["set-cookie"]
    assert "HttpOnly" in first
    assert "SameSite=lax" in first
    assert "Secure" not in first, "on loopback there is no TLS"
    assert (
        closed.desk.post("/login", {"name": "dana", "password": PASSWORD}, Host="watch.example.org")
        .headers["set-cookie"]
        .endswith("Secure")
    )
    known = first.partition(";")[0]
    second = closed.desk.post("/login", {"name": "dana", "password": PASSWORD}, Cookie=known).headers["set-cookie"]
    assert second.partition(";")[0] != known
    assert closed.desk.ask("/", Cookie=known).status == 303, "the session that was there before is over"
    assert closed.desk.ask("/", Cookie=f"{COOKIE}=chosen-by-an-attacker").status == 303


def test_who_decided_is_the_user_whatever_the_form_says(closed: Closed) -> None:
    cookie, csrf = closed.enter("dana")
    page = closed.desk.ask("/hits/1", Cookie=cookie).text
    assert "Your name" not in page
    given = {"disposition": "escalated", "reason": "Ask legal", "who": "The Minister", "csrf": csrf}
    assert closed.desk.post("/hits/1/disposition", given, Cookie=cookie).status == 303
    assert [(one.who, one.reason) for one in closed.desk.store.history(1)] == [("dana", "Ask legal")]


@pytest.mark.parametrize("csrf", [None, "", "guessed", "ü"])
def test_a_form_without_the_sessions_token_changes_nothing(closed: Closed, csrf: str | None) -> None:
    cookie, _ = closed.enter("omar")
    _, other = closed.enter("omar")
    for token in (csrf, other):
        given = {"disposition": "true_match"} | ({} if token is None else {"csrf": token})
        assert closed.desk.post("/hits/1/disposition", given, Cookie=cookie).status == 403
        assert closed.desk.post("/alerts/1/retry", given, Cookie=cookie).status == 403
        assert closed.desk.post("/logout", given, Cookie=cookie).status == 403
    decision = {"disposition": "true_match"}
    assert closed.desk.post_json("/api/v1/hits/1/disposition", decision, Cookie=cookie).status == 403
    assert closed.desk.store.history(1) == []
    assert closed.desk.ask("/", Cookie=cookie).status == 200


def test_a_script_of_our_own_sends_the_token_as_a_header(closed: Closed) -> None:
    cookie, csrf = closed.enter("dana")
    more = {"Cookie": cookie, "X_CSRF_Token": csrf}
    assert closed.desk.post_json("/api/v1/hits/1/disposition", {"disposition": "escalated"}, **more).status == 200


def test_a_viewer_reads_and_changes_nothing(closed: Closed) -> None:
    cookie, csrf = closed.enter("vera")
    for path in ("/", "/hits/1", "/alerts", "/overview", "/api/v1/hits"):
        answer = closed.desk.ask(path, Cookie=cookie)
        assert answer.status == 200
        assert 'action="/hits' not in answer.text, "no button that would be refused"
    refused = closed.desk.post("/hits/1/disposition", {"disposition": "open", "csrf": csrf}, Cookie=cookie)
    assert refused.status == 403
    assert "the role analyst" in refused.text
    token = closed.token("vera")
    decided = closed.desk.post_json("/api/v1/hits/1/disposition", {"disposition": "open"}, Authorization=token)
    assert decided.status == 403
    assert "the role analyst" in decided.json["error"]


def test_an_admin_sends_again_and_reads_the_audit_trail(closed: Closed) -> None:
    dana, csrf = closed.enter("dana")
    assert closed.desk.post("/alerts/1/retry", {"csrf": csrf}, Cookie=dana).status == 403
    assert closed.desk.ask("/audit", Cookie=dana).status == 403
    assert 'href="/audit"' not in closed.desk.ask("/", Cookie=dana).text
    closed.desk.post("/hits/2/disposition", {"disposition": "true_match", "csrf": csrf}, Cookie=dana)
    omar, csrf = closed.enter("omar")
    assert closed.desk.post("/alerts/1/retry", {"csrf": csrf}, Cookie=omar).status == 303
    closed.login("omar", "wrong")
    trail = closed.desk.ask("/audit", Cookie=omar).text
    for said in ("login refused", "delivery 1", "true match", 'href="/hits/2"', "dana", "omar"):
        assert said in trail
    assert PASSWORD not in trail


def test_a_program_acts_with_its_token_and_is_named_with_it(closed: Closed) -> None:
    token = closed.token("dana")
    for who in ("", "Kim"):
        decision = {"disposition": "escalated", "who": who}
        assert closed.desk.post_json("/api/v1/hits/1/disposition", decision, Authorization=token).status == 200
    said = [one.who for one in closed.desk.store.history(1)]
    assert said == ["dana (token case-system)", "dana (token case-system) for Kim"]
    assert token.removeprefix("Bearer ") not in closed.file.read_text(), "the file holds a digest"
    users.write(closed.file, [one.model_copy(update={"tokens": ()}) for one in users.read(closed.file)])
    assert closed.desk.ask("/api/v1/hits", Authorization=token).status == 401, "revoked, at once"


def test_guessing_is_slowed_down_and_others_still_get_in(closed: Closed) -> None:
    for _ in range(5):
        assert closed.login("dana", "guess").status == 401
    answer = closed.login("dana")
    assert answer.status == 429, "even with the right password"
    assert 0 < int(answer.headers["retry-after"]) <= 300
    assert closed.login("omar").status == 303
    closed.clock.now += timedelta(minutes=5)
    assert closed.login("dana").status == 303


def test_guessing_many_names_is_slowed_down_too(closed: Closed) -> None:
    answers = [closed.login(f"user{number}", "guess").status for number in range(51)]
    assert answers == [401] * 50 + [429]


def test_a_session_ends_by_logout_by_time_and_with_the_password(closed: Closed) -> None:
    cookie, csrf = closed.enter("dana")
    assert closed.desk.post("/logout", {"csrf": csrf}, Cookie=cookie).status == 303
    assert closed.desk.ask("/", Cookie=cookie).status == 303

    cookie, _ = closed.enter("dana")
    closed.clock.now += timedelta(hours=1, minutes=59)
    assert closed.desk.ask("/", Cookie=cookie).status == 200
    closed.clock.now += timedelta(hours=2, minutes=1)
    assert closed.desk.ask("/", Cookie=cookie).status == 303, "idle"

    cookie, _ = closed.enter("dana")
    for _ in range(7):
        closed.clock.now += timedelta(minutes=110)
        last = closed.desk.ask("/", Cookie=cookie).status
    assert last == 303, "a working day is over"

    cookie, _ = closed.enter("dana")
    users.write(closed.file, [user("dana", Role.VIEWER)])
    assert closed.desk.ask("/", Cookie=cookie).status == 303, "another salt is another password"


def test_a_changed_role_holds_at_once_and_a_broken_file_locks_nobody_out(closed: Closed) -> None:
    cookie, csrf = closed.enter("dana")
    text = closed.file.read_text()
    closed.file.write_text("- {name: dana")
    assert closed.desk.ask("/", Cookie=cookie).status == 200
    closed.file.write_text(text.replace("role: analyst", "role: viewer"))
    given = {"disposition": "true_match", "csrf": csrf}
    assert closed.desk.post("/hits/1/disposition", given, Cookie=cookie).status == 403
    users.write(closed.file, [user("omar", Role.ADMIN)])
    assert closed.desk.ask("/", Cookie=cookie).status == 303


@pytest.mark.parametrize(
    "to", ["//evil.example", "https://evil.example", "/\\evil.example", "\\/evil", "/\t/evil.example", "/login", "evil"]
)
def test_a_login_never_leads_to_another_site(closed: Closed, to: str) -> None:
    assert closed.login("dana", to=to).headers["location"] == "/"


def test_scripts_in_names_are_text(closed: Closed) -> None:
    answer = closed.login("<script>alert(1)</script>\"'>", "x")
    assert "<script>alert" not in answer.text
    assert "&lt;script&gt;" in answer.text


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.4", "desk.example.org", ""])
def test_others_are_only_served_where_they_log_in_or_somebody_says_so(host: str) -> None:
    with pytest.raises(ConfigError, match=r"web.host: .*users") as refused:
        check_exposure(Web(host=host))
    assert refused.value.exit_code == 2
    assert "\n" not in str(refused.value)
    check_exposure(Web(host=host, users="users.yaml"))
    check_exposure(Web(host=host, open=True))


@pytest.mark.parametrize("trusted", [True, False])
def test_behind_a_trusted_proxy_each_client_is_counted_by_itself(
    filled: Path, tmp_path: Path, reasons: list[str], trusted: bool
) -> None:
    shutil.copy(filled, tmp_path / "monitor.db")
    users.write(tmp_path / "users.yaml", [user("dana", Role.ANALYST)])
    (tmp_path / "feeds.yaml").write_text("- {id: world, url: 'https://news.example.org/rss'}\n")
    proxies = "127.0.0.0/8" if trusted else "10.9.9.9"
    (tmp_path / "monitor.yaml").write_text(
        f"watchlists: []\nfeeds: feeds.yaml\nweb: {{port: 0, users: users.yaml, trusted_proxies: [{proxies}]}}\n"
    )
    store = Store.open(f"sqlite:///{tmp_path / 'monitor.db'}", now=NOW)
    server = serve(config.load(tmp_path / "monitor.yaml", {}), store, ready=list, clock=lambda: NOW)
    try:
        desk = Desk(server.port, store)

        def tried(client: str) -> int:
            wrong = {"name": "dana", "password": "not this one"}
            return desk.post("/login", wrong, X_Forwarded_For=f"203.0.113.9, {client}").status

        assert [tried("198.51.100.1") for _ in range(6)] == [401] * 5 + [429]
        assert tried("198.51.100.2") == (401 if trusted else 429), (
            "what an untrusted sender says of itself is no address"
        )
        seen = {deed.about for deed in store.deeds() if deed.what == "login refused"}
        assert seen == ({"198.51.100.1", "198.51.100.2"} if trusted else {"127.0.0.1"})
    finally:
        server.stop()
        store.close()


@pytest.mark.parametrize("host", ["127.0.0.1", "127.8.8.8", "localhost", "::1", "[::1]"])
def test_loopback_needs_no_users(host: str) -> None:
    check_exposure(Web(host=host))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "there are no users"),
        ("- {name: dana, role: boss, password: x}", "role"),
        ("- {name: dana, role: admin, password: plain-text-here}", "password"),
        ("- {name: dana", r"users.yaml:\d"),
    ],
)
def test_a_file_of_users_that_cannot_be_used_says_why(tmp_path: Path, text: str, said: str) -> None:
    file = tmp_path / "users.yaml"
    file.write_text(text)
    with pytest.raises(ConfigError, match=said) as refused:
        Access(file, Clock())
    assert "plain-text-here" not in str(refused.value), "what may be a password is not told"


def test_passwords_are_stretched_with_a_salt_of_their_own(tmp_path: Path) -> None:
    one, two = (users.stretched(PASSWORD) for _ in range(2))
    assert one != two
    assert one.startswith("$argon2id$v=19$m=65536,t=3,p=4$")
    assert users.is_password(PASSWORD, one)
    assert not users.is_password(PASSWORD + "!", one)
    users.write(tmp_path / "users.yaml", [user("dana", Role.ADMIN)])
    assert (tmp_path / "users.yaml").stat().st_mode & 0o077 == 0


def test_a_password_that_was_stretched_with_scrypt_is_still_known() -> None:
    salt, key = (
        b"0123456789abcdef",
        hashlib.scrypt(PASSWORD.encode(), salt=b"0123456789abcdef", n=2, r=8, p=1, dklen=32),
    )
    stored = f"scrypt$2$8$1${b64encode(salt).decode()}${b64encode(key).decode()}"
    assert users.is_stretched(stored)
    assert users.is_password(PASSWORD, stored)
    assert not users.is_password(PASSWORD + "!", stored)


def test_a_stored_password_may_not_ask_for_all_memory() -> None:
    greedy = "$argon2id$v=19$m=9999999,t=3,p=4$c29tZXNhbHRzb21lc2FsdA$MTIzNDU2Nzg5MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTI"
    assert not users.is_stretched(greedy)
    assert users.is_stretched(greedy.replace("9999999", "65536"))


@pytest.mark.browser
@pytest.mark.parametrize("javascript", [True, False])
def test_a_morning_with_a_login(browser: Browser, closed: Closed, javascript: bool) -> None:
    context = browser.new_context(java_script_enabled=javascript)
    page = context.new_page()
    page.goto(closed.desk.url + "/hits/1")
    page.get_by_label("Name").fill("dana")
    page.get_by_label("Password").fill("not this one")
    page.get_by_role("button", name="Log in").click()
    expect(page.get_by_role("alert")).to_contain_text("do not fit")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()
    page.wait_for_url("**/hits/1")
    page.get_by_label("Reason").fill("Confirmed with the desk")
    page.get_by_role("button", name="True match").click()
    expect(page.locator(".history")).to_contain_text("dana")
    page.goto(closed.desk.url + "/")
    page.get_by_role("button", name="Escalate").first.click()
    expect(page.get_by_role("status")).to_contain_text("escalated")
    page.get_by_role("button", name="Undo").click()
    page.wait_for_url("**#hit-5")
    page.get_by_role("button", name="Log out").click()
    page.wait_for_url("**/login")
    page.goto(closed.desk.url + "/")
    expect(page.get_by_role("button", name="Log in")).to_be_visible()
    context.close()
    assert [one.who for hit in (1, 5) for one in closed.desk.store.history(hit)] == ["dana", "dana", "dana"]
