"""The API as its own OpenAPI page describes it, asked by schemathesis: no defect, and no answer of another form."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis import Case, GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from monitor.errors import FetchError
from monitor.model.listchanges import ListChange, change_json
from monitor.model.serial import (
    delivery_json,
    feed_json,
    hit_json,
    owner_json,
    screened_json,
    silence_json,
    verdict_json,
)
from monitor.model.watchlists import Owner
from monitor.pipeline.trial import Trial
from monitor.web import events, shapes
from tests.web.conftest import served
from tests.web.support import NOW, Desk

CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]


def unreachable(url: str) -> Trial:
    raise FetchError(f"{url}: no answer")


@pytest.fixture(scope="module")
def asked(filled: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """A desk that everything is asked of; streams end at once."""
    path = tmp_path_factory.mktemp("contract") / "monitor.db"
    shutil.copy(filled, path)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(events, "LIFE", 0.05)
        patch.setattr(events, "EVERY", 0.01)
        with served(path, [], read_feed=unreachable) as desk:
            yield desk


def ask_everything(desk: Desk, mode: GenerationMode, examples: int) -> None:
    schema = schemathesis.openapi.from_url(f"{desk.url}/openapi.json")
    operations = [found.ok() for found in schema.get_all_operations()]
    assert len(operations) > 20
    for operation in operations:

        @settings(max_examples=examples, deadline=None, database=None, suppress_health_check=list(HealthCheck))
        @given(case=operation.as_strategy(mode))
        def ask(case: Case) -> None:
            response = case.call(timeout=20)
            # what the guard refuses before the API is asked (a body that is too long) is plain text
            checks = CHECKS if response.status_code not in (405, 411, 413) else [not_a_server_error]
            case.validate_response(response, checks=checks)

        ask()


def test_what_the_page_allows_is_answered_as_it_says(asked: Desk) -> None:
    ask_everything(asked, GenerationMode.POSITIVE, 4)


def test_what_it_does_not_allow_is_refused_as_it_says(asked: Desk) -> None:
    ask_everything(asked, GenerationMode.NEGATIVE, 3)


@pytest.mark.soak
@pytest.mark.parametrize("mode", list(GenerationMode))
def test_many_more_of_both(asked: Desk, mode: GenerationMode) -> None:
    ask_everything(asked, mode, 300)


def test_every_key_that_is_sent_is_described(desk: Desk) -> None:
    hit = desk.store.hit(1)
    assert hit
    silence = desk.store.add_silence(now=NOW, ends=NOW, reason="x", who="t", text="x")
    change = ListChange("a", "b", "c", "added", NOW)
    sent: list[tuple[dict[str, Any], type[Any]]] = [
        (hit_json(hit), shapes.Hit),
        (hit_json(hit)["article"], shapes.ArticleRef),
        (hit_json(hit)["mentions"][0], shapes.Mention),
        (screened_json(hit.hit), shapes.Found),
        (delivery_json(desk.store.deliveries()[0]), shapes.Delivery),
        (verdict_json(desk.store.verdicts(1)[0]), shapes.Verdict),
        (feed_json(desk.store.feeds()[0]), shapes.Feed),
        (silence_json(silence, NOW), shapes.Silence),
        (change_json(change), shapes.Change),
        (owner_json(Owner("Holding", 50.0)), shapes.Owner),
    ]
    for made, model in sent:
        assert set(made) == set(model.model_fields), model
