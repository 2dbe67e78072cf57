"""Where a publisher's terms ask for being named, every message about its records names it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from monitor.alerts.render import DISCLAIMER, render_webhook
from monitor.model.alerts import DeliveryKind
from monitor.model.attribution import attributions
from monitor.model.serial import hit_json
from monitor.watchlists import ca_sema, eu_xml, uk_xml
from tests.alerts.support import BASE, LAVROV, NOW, ROSNEFT, delivery, record
from tests.alerts.test_ties import everywhere

OPEN = replace(ROSNEFT, url="https://www.opensanctions.org/entities/NK-1/")
SAID = "Contains data of OpenSanctions (https://www.opensanctions.org), CC BY-NC 4.0."


@pytest.mark.parametrize("kind", [DeliveryKind.ALERT, DeliveryKind.SUMMARY, DeliveryKind.DIGEST])
def test_every_medium_says_whose_data_it_is(kind: DeliveryKind) -> None:
    sent = replace(delivery(record(1, OPEN), record(2, LAVROV, story=12)), kind=kind)
    for medium, text in everywhere(sent).items():
        assert text.count(SAID) == 1, medium
    assert render_webhook(sent, base_url=BASE, now=NOW)["data"]["note"] == f"{DISCLAIMER} {SAID}"


def test_others_are_not_named() -> None:
    sent = delivery(record(1, ROSNEFT))
    for medium, text in everywhere(sent).items():
        assert "OpenSanctions" not in text, medium
    assert hit_json(record(1, ROSNEFT))["attribution"] is None
    assert hit_json(record(1, OPEN))["attribution"] == SAID


@pytest.mark.parametrize(
    ("url", "name"),
    [(uk_xml.URL, "Open Government Licence v3.0"), (eu_xml.URL, "European Union"), (ca_sema.URL, "Canada")],
)
def test_the_links_of_readers_lead_to_their_terms(url: str, name: str) -> None:
    (said,) = attributions([url, url])
    assert name in said
