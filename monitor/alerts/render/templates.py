"""Templates: ours, or a person's own in their place. Sandboxed, strict about what is missing, escaped for their medium.

A template sees `message` (see `view.Message`) and nothing else. Text media need no escaping, because what the news say
was cleaned before; in HTML everything is escaped. A person's template that fails gives way to ours: an alert is worth
more than its looks.
"""

from __future__ import annotations

import logging
from functools import lru_cache

from jinja2 import ChoiceLoader, DictLoader, PackageLoader, StrictUndefined, TemplateError, select_autoescape
from jinja2.sandbox import ImmutableSandboxedEnvironment

from monitor.alerts.render.view import Message

NAMES = ("console.txt.j2", "email.txt.j2", "email.html.j2", "slack.txt.j2")
"""Those that a person may put their own in place of. There is none of ours for Slack, whose blocks are made in code."""

Own = tuple[tuple[str, str], ...]
"""A person's templates as (name, source)."""

FAULTS = (TemplateError, TypeError, ValueError, ArithmeticError, LookupError, AttributeError)
"""What a template can raise while it is filled in."""

log = logging.getLogger(__name__)


@lru_cache(maxsize=8)
def _environment(own: Own) -> ImmutableSandboxedEnvironment:
    return ImmutableSandboxedEnvironment(
        loader=ChoiceLoader([DictLoader(dict(own)), PackageLoader("monitor.alerts")]),
        autoescape=select_autoescape(enabled_extensions=("html.j2",), default=False),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )


def fill(template: str, message: Message, own: Own = ()) -> str:
    """`template`: one of NAMES; `own` first, then monitor/alerts/templates."""
    if template in dict(own):
        try:
            return fill_own(template, message, own)
        except FAULTS as error:
            log.error("%s: your template failed (%s); the message was sent with ours", template, error)
    return _environment(()).get_template(template).render(message=message)


def fill_own(template: str, message: Message, own: Own) -> str:
    """Raises one of FAULTS."""
    return _environment(own).get_template(template).render(message=message)
