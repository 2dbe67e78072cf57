from __future__ import annotations

from datetime import UTC, datetime, timedelta

from monitor.feeds.network import Network, after_answer, after_silence

NOW = datetime(2025, 10, 22, 12, tzinfo=UTC)
SECOND = timedelta(seconds=1)


def silences(
    *hosts: str, network: Network | None = None, well: bool = True, of: int = 40, every: timedelta = SECOND
) -> Network:
    state = network or after_answer(NOW)
    for number, host in enumerate(hosts, 1):
        at = NOW + number * every
        state = after_silence(state, f"feed at {host} {number}", host, well=well, hosts=of, now=at)
    return state


def test_several_hosts_that_fall_silent_one_after_the_other_are_our_network() -> None:
    assert not silences("a.example", "b.example", every=10 * SECOND).down
    state = silences("a.example", "b.example", "c.example", every=10 * SECOND)
    assert state.down
    assert state.since == NOW + 10 * SECOND
    assert len(state.silent) == 3


def test_one_host_with_many_feeds_is_one_witness() -> None:
    assert not silences(*["a.example"] * 50, every=10 * SECOND).down


def test_names_unknown_to_the_dns_fail_at_a_start_before_anybody_can_answer() -> None:
    state = silences("a.example", "b.example", "c.example", "d.example", network=Network(), every=SECOND / 10)
    assert not state.down
    assert after_answer(NOW) == Network(answered=NOW)


def test_when_half_of_all_hosts_fail_at_once_there_is_no_waiting() -> None:
    assert silences("a.example", "b.example", "c.example", of=6, every=SECOND / 100).down
    assert not silences("a.example", "b.example", of=2, every=SECOND / 100).down, "two are too few to say"


def test_hosts_that_were_dead_before_prove_nothing() -> None:
    assert not silences("a.example", "b.example", "c.example", well=False, every=60 * SECOND).down


def test_an_answer_ends_it() -> None:
    later = after_answer(NOW + 9 * SECOND)
    assert not later.down
    assert not silences("a.example", network=later).down
