"""The one Jinja2 environment: sandboxed, strict about what is missing, escaping whatever ends up in HTML."""

from __future__ import annotations

from functools import cache

from jinja2 import PackageLoader, StrictUndefined, select_autoescape
from jinja2.sandbox import ImmutableSandboxedEnvironment

from monitor.alerts.render.view import Message


@cache
def _environment() -> ImmutableSandboxedEnvironment:
    return ImmutableSandboxedEnvironment(
        loader=PackageLoader("monitor.alerts"),
        autoescape=select_autoescape(enabled_extensions=("html.j2",), default=False),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )


def fill(template: str, message: Message) -> str:
    """`template` is a file of monitor/alerts/templates; it sees `message` and nothing else."""
    return _environment().get_template(template).render(message=message)
