"""Mail: one message a recipient, with a text and an HTML part, that threads by subject and never answers itself."""

from __future__ import annotations

import hashlib
import re
from datetime import datetime
from email.header import Header
from email.message import EmailMessage
from email.policy import EmailPolicy
from email.utils import format_datetime, parseaddr
from urllib.parse import quote

from monitor.alerts.render.clean import one_line
from monitor.alerts.render.templates import Own, fill
from monitor.alerts.render.view import message
from monitor.model.alerts import Delivery, DeliveryKind


class _Policy(EmailPolicy):
    """Subjects keep their spaces, of which EmailPolicy loses some where it breaks lines (python/cpython#92081)."""

    def fold(self, name: str, value: str) -> str:
        return self._subject(value) if name == "Subject" else str(super().fold(name, value))

    def fold_binary(self, name: str, value: str) -> bytes:
        return self._subject(value).encode() if name == "Subject" else bytes(super().fold_binary(name, value))

    def _subject(self, value: str) -> str:
        charset = "us-ascii" if value.isascii() else "utf-8"
        return f"Subject: {Header(value, charset, header_name='Subject').encode(linesep=self.linesep)}{self.linesep}"


POLICY = _Policy(linesep="\r\n")
_DOMAIN = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9.-]{0,252}[A-Za-z0-9])?")
_ADDRESS = re.compile(r"[A-Za-z0-9.!#$&'*/=^_`{|}~+-]{1,64}@[A-Za-z0-9.-]{1,253}")
_DOT_ATOM = re.compile(r"[A-Za-z0-9_-]{1,64}")


def render_email(delivery: Delivery, *, base_url: str, now: datetime, sender: str = "", own: Own = ()) -> EmailMessage:
    """The message to one recipient. `sender`: the channel's `from`, whose domain also ends the ids.

    own: templates in place of ours.

    Raises ValueError for an address that no header can hold.
    """
    view = message(delivery, base_url=base_url, now=now)
    domain = _domain(sender)
    mail = EmailMessage(policy=POLICY)
    mail["Subject"] = view.headline.replace("=?", "= ?")  # else a title could be an encoded word, and hold line breaks
    if sender:
        mail["From"] = one_line(sender)
    if delivery.recipient:
        mail["To"] = one_line(delivery.recipient)
    mail["Date"] = format_datetime(now)
    mail["Message-ID"] = f"<{_token(delivery.uid)}@{domain}>"
    if delivery.kind is DeliveryKind.ALERT:
        # The root was never sent: clients thread by the reference alone, whichever alert they see first.
        root = f"<subject.{_digest(delivery.alerts[0].subject)}@{domain}>"
        mail["In-Reply-To"] = root
        mail["References"] = root
    mail["List-Id"] = f"<{_token(delivery.channel)}.alerts.{domain}>"
    _ways_out(mail, delivery, parseaddr(sender)[1], base_url.rstrip("/"))
    mail["Auto-Submitted"] = "auto-generated"  # RFC 3834: no out-of-office answers
    mail["X-Auto-Response-Suppress"] = "All"  # the same for Exchange
    mail.set_content(fill("email.txt.j2", view, own))
    mail.add_alternative(fill("email.html.j2", view, own), subtype="html")
    return mail


def _ways_out(mail: EmailMessage, delivery: Delivery, address: str, base_url: str) -> None:
    """How to be told no more: by mail, and where the desk has an https address by one click (RFC 8058)."""
    ways = []
    if delivery.unsubscribe and base_url.startswith("https://"):
        ways.append(f"<{base_url}/unsubscribe/{delivery.unsubscribe}>")
        mail["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    if _ADDRESS.fullmatch(address):
        ways.append(f"<mailto:{address}?subject=unsubscribe%20{quote(delivery.channel, safe='')}>")
    if ways:
        mail["List-Unsubscribe"] = ", ".join(ways)


def _domain(sender: str) -> str:
    domain = parseaddr(sender)[1].rpartition("@")[2]
    return domain.lower() if _DOMAIN.fullmatch(domain) else "monitor.invalid"


def _token(text: str) -> str:
    """`text` where an id may hold it, else its digest: either way the same for the same text."""
    return text if _DOT_ATOM.fullmatch(text) else _digest(text)


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:32]
