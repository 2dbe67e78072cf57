"""An official list changes: who is told of it by mail, of what its new names found, and what is not told again."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
import yaml

from monitor import config
from monitor.daemon import build_service, close_service
from monitor.model.alerts import DeliveryKind
from monitor.pipeline import Service, dispatch_due
from monitor.pipeline.lists import load_lists, refresh_lists
from monitor.pipeline.rescreen import rescreen, take_up
from tests.alerts.servers import MailServer, mail_server
from tests.store.support import NOW, new, poll
from tests.watchlists.ofac import alias, firms, row, text
from tests.watchlists.publisher import Publisher

DAY = timedelta(days=1)


@dataclass
class Bank:
    """A service with an official list, one's own, mail to four desks, and a clock that the test turns."""

    directory: Path
    publisher: Publisher
    mail: MailServer
    now: datetime = NOW

    def publish(self, *more: str) -> None:
        self.publisher.files |= {
            "SDN.CSV": text(*firms(40), *more),
            "ALT.CSV": text(alias(1000, "NORTHGATE SHIPPING")),
        }

    def start(self, routes: list[dict[str, Any]]) -> None:
        self.publish()
        (self.directory / "sdn.yaml").write_text(
            f"watchlist: sdn\ntitle: OFAC SDN list\nsource: ofac-sdn\nurl: {self.publisher.url}\n"
            "defaults: {severity: high}\n"
        )
        (self.directory / "own.yaml").write_text("watchlist: own\nentities: [{id: heron, name: Heron Grain Company}]\n")
        channels = sorted({channel for route in routes for channel in route["channels"]})
        path = self.directory / "monitor.yaml"
        settings = {
            "storage": {"url": f"sqlite:///{self.directory}/monitor.db"},
            "watchlists": ["sdn.yaml", "own.yaml"],
            "feeds": [{"id": name, "url": f"https://{name}.example/rss"} for name in ("world", "trade")],
            "polling": {"allow_private": True},
            "channels": [
                {"id": name, "type": "email", "host": "localhost", "port": self.mail.port, "security": "none"}
                | {"from": "monitor@bank.example", "to": [f"{name}@bank.example"]}
                for name in channels
            ],
            "routes": routes,
        }
        path.write_text(yaml.safe_dump(settings))
        self.settings = config.load(path, {})
        self.said: list[str] = []
        self.service: Service = build_service(self.settings, echo=self.said.append, clock=lambda: self.now)
        self.refresh()

    def news(self, *articles: tuple[str, str], feed: str = "world") -> None:
        store = self.service.store
        matcher = self.service.matcher
        made = []
        for title, body in articles:
            one = new(title, body, guid=f"{title} {self.now}")
            made.append(replace(one, hits=tuple(matcher.screen(one.article))))
        store.record_poll(poll(*made, feed=feed, at=self.now), self.service.plan)
        self.now += timedelta(seconds=5)

    def refresh(self) -> None:
        """What the service does when a list's time has come."""
        refresh_lists(self.settings.watchlists, self.service.client, now=self.now, force=True)
        loaded = load_lists(self.settings.watchlists, threshold=self.settings.matching.threshold)
        take_up(self.service, loaded, window=self.settings.matching.rescreen)
        rescreen(self.service)

    def send(self) -> dict[str, list[EmailMessage]]:
        """Desk → what it was sent since the last time."""
        before = len(self.mail.messages)
        dispatch_due(self.service, list(self.service.channels))
        sent: dict[str, list[EmailMessage]] = {}
        for message in self.mail.messages[before:]:
            sent.setdefault(str(message["To"]).partition("@")[0], []).append(message)
        return sent


@pytest.fixture
def bank(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Bank]:
    monkeypatch.chdir(tmp_path)  # where var/lists is
    publisher = Publisher()
    with mail_server() as mail:
        made = Bank(tmp_path, publisher, mail)
        yield made
        close_service(made.service)
    publisher.close()


def plain(message: EmailMessage) -> str:
    part = message.get_body(("plain",))
    assert isinstance(part, EmailMessage)
    return str(part.get_content())


FELL = (
    "Kestrel Marine Holding fell by two per cent. Traders in the northern ports said that the yard had lost an order "
    "for three ferries, that the harbour office had not renewed its lease of the eastern quay, and that two of its "
    "banks had asked for more security before they lend again. The firm did not answer questions on Monday."
)

KESTREL = row(2000, "KESTREL MARINE HOLDING", programmes="EXAMPLE-EO7", remarks="(Linked To: NORTHGATE MARINE 3 LLC)")


def test_an_addition_is_told_by_mail_with_its_programme_and_link(bank: Bank) -> None:
    bank.start(
        [
            {"id": "changes", "match": {"topics": ["lists"], "watchlists": ["sdn"]}, "channels": ["sanctions"]},
            {"id": "one", "match": {"entities": ["sdn/2000"], "min_severity": "high"}, "channels": ["kestrel"]},
            {"id": "other", "match": {"watchlists": ["own"]}, "channels": ["grain"]},
        ]
    )
    assert bank.send() == {}
    bank.now += DAY
    bank.publish(KESTREL, row(2001, "PLOVER TRADING"))
    bank.refresh()
    sent = bank.send()
    assert sent.keys() == {"sanctions"}, "the first route that takes a change is the last"
    [mail] = sent["sanctions"]
    assert mail["Subject"] == "Lists changed: sdn: 2 added"
    assert (
        "Added to OFAC SDN list on 2026-03-03: KESTREL MARINE HOLDING, programme EXAMPLE-EO7 "
        "https://sanctionssearch.ofac.treas.gov/Details.aspx?id=2000"
    ) in plain(mail)
    bank.refresh()
    assert bank.send() == {}, "nothing new, nothing said"


def test_a_desk_that_asks_for_one_entity_hears_of_its_change_alone(bank: Bank) -> None:
    bank.start([{"id": "one", "match": {"entities": ["sdn/2000"], "min_severity": "high"}, "channels": ["kestrel"]}])
    bank.publish(KESTREL, row(2001, "PLOVER TRADING"))
    bank.refresh()
    [mail] = bank.send()["kestrel"]
    assert str(mail["Subject"]).startswith("Added to OFAC SDN list on 2026-03-02: KESTREL MARINE HOLDING")
    assert "PLOVER" not in plain(mail)


def test_what_new_names_find_in_old_news_is_summed_up_for_those_whose_hits_it_would_be(bank: Bank) -> None:
    bank.start(
        [
            {"id": "hits", "match": {"watchlists": ["sdn"], "topics": ["hits"]}, "channels": ["desk"]},
            {"id": "changes", "match": {"topics": ["lists"], "watchlists": ["own"]}, "channels": ["grain"]},
        ]
    )
    bank.news(
        ("Port to grow", "The quay is leased to Kestrel Marine Holding, the port said."),
        ("Shares slip", FELL),
        ("Weather", "Rain is expected."),
    )
    assert bank.send() == {}
    bank.now += DAY
    bank.publish(KESTREL)
    bank.refresh()
    [summary] = bank.send()["desk"]
    assert summary["Subject"] == "New on sdn: KESTREL MARINE HOLDING: in your news 2 times in the last 90 days"
    said = plain(summary)
    assert "(sdn, on 2026-03-02)" in said
    assert "the newest, world: “Kestrel Marine Holding fell by two per cent.”" in said
    assert "stated relation of KESTREL MARINE HOLDING: linked to NORTHGATE MARINE 3 LLC (sdn/1003)" in said
    assert "3 stored articles were looked at again; 2 hits." in said

    bank.now += DAY
    bank.news(("Shares slip", FELL), feed="trade")
    assert bank.send() == {}, "a copy of a story that the summary told"
    bank.news(("Tanker held", "The navy boarded a tanker of Kestrel Marine Holding off the cape."))
    [alert] = bank.send()["desk"]
    assert "Stated relation: linked to NORTHGATE MARINE 3 LLC (sdn/1003), source https://sanctionssearch" in plain(
        alert
    )
    assert "first alert about this subject on desk since the summary of what a rescreen found" in plain(alert)

    store = bank.service.store
    notice = next(one for one in store.deliveries() if one.kind is DeliveryKind.NOTICE)
    assert len([record for one in notice.alerts for record in one.hits]) == 2
    first = notice.alerts[0].hits[0]
    [verdict] = store.verdicts(first.id)
    assert (verdict.channel, verdict.told, verdict.deliveries) == ("desk", DeliveryKind.NOTICE, (notice.id,))


def test_silenced_findings_are_not_summed_up(bank: Bank) -> None:
    bank.start([{"id": "all", "match": {}, "channels": ["desk"]}])
    bank.news(("Port to grow", "The quay is leased to Kestrel Marine Holding, the port said."))
    bank.service.store.add_silence(
        now=bank.now, ends=bank.now + 3 * DAY, watchlist="sdn", entity="2000", reason="known", who="A. Analyst"
    )
    bank.publish(KESTREL)
    bank.refresh()
    assert [str(mail["Subject"]).partition(":")[0] for mail in bank.send()["desk"]] == [
        "Added to OFAC SDN list on 2026-03-02"
    ]


def test_a_summary_whose_process_dies_before_it_is_told_is_told_by_the_next(
    bank: Bank, monkeypatch: pytest.MonkeyPatch
) -> None:
    bank.start([{"id": "hits", "match": {"topics": ["hits"]}, "channels": ["desk"]}])
    bank.news(("Port to grow", "The quay is leased to Kestrel Marine Holding, the port said."))
    bank.publish(KESTREL)

    class Killed(BaseException):
        pass

    def dies(*_: object, **__: object) -> None:
        raise Killed

    with monkeypatch.context() as patched:
        patched.setattr(type(bank.service.store), "add_notices", dies)
        with pytest.raises(Killed):
            bank.refresh()
    assert bank.send() == {}
    rescreen(bank.service)
    [mail] = bank.send()["desk"]
    assert "in your news once in the last 90 days" in plain(mail)
    rescreen(bank.service)
    assert bank.send() == {}
