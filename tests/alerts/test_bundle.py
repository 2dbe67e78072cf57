from __future__ import annotations

from monitor.alerts.bundle import bundle
from monitor.model.alerts import DeliveryKind
from tests.alerts.support import delivery

DIGEST, SUMMARY = DeliveryKind.DIGEST, DeliveryKind.SUMMARY


def test_up_to_the_burst_alerts_go_one_by_one() -> None:
    due = [delivery(id=number) for number in range(3)]
    assert [(b.kind, b.deliveries) for b in bundle(due, burst={"desk-mail": 3}, recent={})] == [
        (None, (one,)) for one in due
    ]


def test_beyond_it_all_of_them_become_one_summary() -> None:
    due = [delivery(id=number) for number in range(4)]
    (only,) = bundle(due, burst={"desk-mail": 3}, recent={})
    assert (only.kind, only.deliveries) == (SUMMARY, tuple(due))


def test_what_was_sent_lately_counts() -> None:
    due = [delivery(id=number) for number in range(2)]
    (only,) = bundle(due, burst={"desk-mail": 3}, recent={("desk-mail", "desk@example.org"): 2})
    assert only.kind is SUMMARY


def test_recipients_and_channels_are_counted_apart() -> None:
    due = [delivery(id=n, recipient=f"{n % 2}@example.org", channel=f"mail{n % 3}") for n in range(6)]
    assert [b.kind for b in bundle(due, burst={f"mail{n}": 1 for n in range(3)}, recent={})] == [None] * 6


def test_a_summary_of_one_is_the_alert_itself() -> None:
    (only,) = bundle([delivery()], burst={"desk-mail": 1}, recent={("desk-mail", "desk@example.org"): 5})
    assert only.kind is None


def test_a_digest_is_one_message() -> None:
    due = [delivery(id=number, kind=DIGEST) for number in range(79)]
    (only,) = bundle(due, burst={}, recent={})
    assert (only.kind, len(only.deliveries)) == (DIGEST, 79)


def test_what_was_tried_before_keeps_its_id() -> None:
    tried = [delivery(id=number, attempts=1, kind=kind) for number, kind in enumerate(DeliveryKind)]
    fresh = [delivery(id=number) for number in range(10, 13)]
    bundles = bundle([*tried, *fresh], burst={"desk-mail": 2}, recent={})
    assert [(b.kind, len(b.deliveries)) for b in bundles] == [(None, 1)] * len(DeliveryKind) + [(SUMMARY, 3)]


def test_nothing_is_lost_and_the_order_is_kept() -> None:
    due = [
        delivery(id=n, kind=(DeliveryKind.ALERT, DIGEST)[n % 2], attempts=n % 3 // 2, recipient=f"{n % 4}@example.org")
        for n in range(60)
    ]
    bundles = bundle(due, burst={"desk-mail": 3}, recent={})
    assert sorted(d.id for b in bundles for d in b.deliveries) == list(range(60))
    firsts = [b.deliveries[0].id for b in bundles if b.kind]
    assert firsts == sorted(firsts)
