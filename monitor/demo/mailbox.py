"""A mail catcher to try alerts with: takes every mail, keeps the last ones in memory, and shows them as web pages.

    python3 -m monitor.demo.mailbox --smtp 127.0.0.1:1025 --web 127.0.0.1:8025

Whoever reaches the pages reads the mails: publish them on your own machine only.
"""

from __future__ import annotations

import signal
import threading
from collections.abc import Sequence
from html import escape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from string import Template

import click

from monitor.demo.mail import KEEP, Mail, MailSink
from monitor.errors import MonitorError, UsageError

PAGE_POLICY = "default-src 'none'; style-src 'unsafe-inline'; frame-src 'self'; base-uri 'none'; form-action 'none'"
SANDBOX = "allow-popups allow-popups-to-escape-sandbox"
MAIL_POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; form-action 'none'; sandbox " + SANDBOX
"""A mail's HTML is a stranger's: no script, nothing fetched, no form; its links open in a window of their own."""

PAGE = Template("""<!doctype html><html lang="en"><head><meta charset="utf-8"><title>$title</title>
<meta name="viewport" content="width=device-width, initial-scale=1"><meta name="color-scheme" content="light dark">
<style>
body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }
table { border-collapse: collapse; width: 100%; } td { padding: .5rem .8rem .5rem 0; border-top: 1px solid #8884; }
td.when, .soft { color: GrayText; white-space: nowrap; } h1 { font-size: 1.4rem; } pre { white-space: pre-wrap; }
iframe { width: 100%; height: 72vh; border: 1px solid #8884; border-radius: 8px; background: #fff; }
</style></head><body>$body</body></html>""")


class MailPages:
    """The mails at `/`, one at `/mail/ID`, its HTML part at `/mail/ID/html`. Raises UsageError for a port in use."""

    def __init__(self, sink: MailSink, host: str = "127.0.0.1", port: int = 0) -> None:
        pages = self

        class Handler(BaseHTTPRequestHandler):
            timeout = 10  # seconds that a connection may be silent

            def do_GET(self) -> None:
                status, policy, html = pages.answer(self.path.partition("?")[0])
                body = html.encode("utf-8", "replace")
                self.send_response(status)
                self.send_header("Content-Type", "text/html; charset=utf-8")
                self.send_header("Content-Length", str(len(body)))
                self.send_header("Content-Security-Policy", policy)
                self.send_header("X-Content-Type-Options", "nosniff")
                self.send_header("Referrer-Policy", "no-referrer")
                self.send_header("Cache-Control", "no-store")
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *args: object) -> None:
                pass

        self._sink = sink
        try:
            self._server = ThreadingHTTPServer((host, port), Handler)
        except OSError as error:
            raise UsageError(f"no web page on {host}:{port}: {error.strerror or error}; choose another") from error
        self._server.daemon_threads = True
        self.port: int = self._server.server_address[1]
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.2}, daemon=True).start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def answer(self, path: str) -> tuple[int, str, str]:
        """Status, content security policy and HTML of one path."""
        mails = self._sink.mails()
        if path == "/":
            return 200, PAGE_POLICY, _list(mails)
        by_path = {f"/mail/{mail.id}": mail for mail in mails}
        if path in by_path:
            return 200, PAGE_POLICY, _view(by_path[path])
        mail = by_path.get(path.removesuffix("/html"))
        if mail and path.endswith("/html"):
            return 200, MAIL_POLICY, mail.part("html").replace("<head>", '<head><base target="_blank">', 1)
        return 404, PAGE_POLICY, _page("Not here", '<p>No such mail, or no longer. <a href="/">All mails</a></p>')


def _list(mails: Sequence[Mail]) -> str:
    rows = "".join(
        f'<tr><td class="when">{mail.received:%H:%M:%S}</td><td><a href="/mail/{mail.id}">'
        f"{escape(mail.header('Subject') or '(no subject)')}</a></td><td>{escape(', '.join(mail.recipients))}</td></tr>"
        for mail in reversed(mails)
    )
    body = f"<table>{rows}</table>" if mails else "<p>No mail yet. This page shows it when you load it again.</p>"
    return _page("Mails caught", f'{body}<p class="soft">Times are UTC. Mails are kept in memory only.</p>')


def _view(mail: Mail) -> str:
    headers = "".join(
        f'<tr><td class="soft">{name}</td><td dir="auto">{escape(mail.header(name))}</td></tr>'
        for name in ("From", "To", "Date", "Message-ID", "List-Id")
    )
    frame = f'<iframe src="/mail/{mail.id}/html" sandbox="{SANDBOX}"></iframe>' if mail.part("html") else ""
    text = f"<pre dir=auto>{escape(mail.part('plain'))}</pre>"
    return _page(
        mail.header("Subject") or "(no subject)",
        f'<p><a href="/">All mails</a></p><table>{headers}</table>{frame}<h2>Text part</h2>{text}',
    )


def _page(title: str, body: str) -> str:
    return PAGE.substitute(title=escape(title), body=f"<h1 dir=auto>{escape(title)}</h1>{body}")


def _address(context: click.Context, parameter: click.Parameter, value: str) -> tuple[str, int]:  # noqa: ARG001
    host, _, port = value.rpartition(":")
    if not port.isdigit() or int(port) > 65535:
        raise click.BadParameter("write HOST:PORT, for example 127.0.0.1:1025")
    return host.strip("[]"), int(port)


@click.command()
@click.option("--smtp", default="127.0.0.1:1025", show_default=True, callback=_address, help="Where mail is taken.")
@click.option("--web", default="127.0.0.1:8025", show_default=True, callback=_address, help="Where it is shown.")
@click.option("--keep", default=KEEP, show_default=True, type=click.IntRange(1), help="How many mails are kept.")
def main(smtp: tuple[str, int], web: tuple[str, int], keep: int) -> None:
    """Catch mail and show it, until Ctrl-C or SIGTERM. Nothing is sent on."""
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    try:
        sink = MailSink(*smtp, keep=keep)
        try:
            pages = MailPages(sink, *web)
            click.echo(f"mail is taken on {smtp[0]}:{sink.port} and shown on http://{web[0]}:{pages.port}/")
            stop.wait()
            pages.close()
        finally:
            sink.close()
    except MonitorError as error:
        raise click.ClickException(str(error)) from error


if __name__ == "__main__":
    main()
