"""What a list states of owners stands beside the entity in every medium, in the list's words, and concludes nothing."""

from __future__ import annotations

from dataclasses import replace

import pytest

from monitor.alerts.render import render_console, render_webhook
from monitor.model.alerts import Delivery, DeliveryKind
from monitor.model.watchlists import Owner
from tests.alerts.support import BASE, NOW, ROSNEFT, delivery, record
from tests.alerts.test_render import Page, check_blocks, mailed, part, slack, texts

OWNED = replace(
    ROSNEFT,
    owned_by=(
        Owner("Example Trust <b>", 50.5, "own/trust", "https://register.example.org/1"),
        Owner("HERON GROUP", relation="linked to"),
    ),
)
SAID = (
    ("Stated ownership", "50.5 % by Example Trust <b> (own/trust), source https://register.example.org/1"),
    ("Stated relation", "linked to HERON GROUP"),
)


def everywhere(sent: Delivery) -> dict[str, str]:
    mail, blocks = mailed(sent), slack(sent)
    check_blocks(blocks)
    return {
        "text": part(mail, "plain"),
        "html": " ".join(Page(part(mail, "html")).text.split()),
        "slack": " ".join(texts(blocks["blocks"])).replace("‹", "<").replace("›", ">").replace("&lt;", "<").replace(
            "&gt;", ">"
        ),
        "console": render_console(sent, base_url=BASE, now=NOW),
    }  # fmt: skip


@pytest.mark.parametrize("kind", [DeliveryKind.ALERT, DeliveryKind.SUMMARY, DeliveryKind.DIGEST])
def test_stated_ownership_is_shown_beside_the_entity(kind: DeliveryKind) -> None:
    sent = replace(delivery(record(1, OWNED), record(2, OWNED, story=12)), kind=kind)
    for medium, text in everywhere(sent).items():
        for label, value in SAID:
            assert label.lower() in text.lower(), medium
            assert value in text, medium


def test_of_very_many_the_rest_are_counted() -> None:
    many = replace(ROSNEFT, owned_by=tuple(Owner(f"HERON {n}", relation="linked to") for n in range(30)))
    for medium, text in everywhere(delivery(record(1, many))).items():
        assert "linked to HERON 4" in text, medium
        assert "HERON 5" not in text, medium
        assert "and 25 more" in text, medium


def test_programs_read_it_with_its_source() -> None:
    (hit,) = render_webhook(delivery(record(1, OWNED)), base_url=BASE, now=NOW)["data"]["hits"]
    assert hit["owned_by"] == [
        {
            "name": "Example Trust <b>",
            "share": 50.5,
            "id": "own/trust",
            "source": "https://register.example.org/1",
            "relation": "owned by",
            "said": SAID[0][1],
        },
        {
            "name": "HERON GROUP",
            "share": None,
            "id": None,
            "source": None,
            "relation": "linked to",
            "said": SAID[1][1],
        },
    ]
