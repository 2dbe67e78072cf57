"""Who may enter: people with their roles, passwords and API tokens, in a YAML file that holds digests only.

Passwords are stretched with scrypt (RFC 7914), so that a stolen file is slow to guess from. Tokens are 256 random bits:
nobody guesses those, and one SHA-256 is enough.
"""

from __future__ import annotations

import hashlib
import hmac
import logging
import os
import re
import secrets
import tempfile
from base64 import b64decode, b64encode
from collections.abc import Iterable, Mapping
from contextlib import suppress
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import yaml
from pydantic import Field, TypeAdapter

from monitor import strictyaml
from monitor.errors import ConfigError, MonitorError
from monitor.model.settings import Identifier, Strict

SHORTEST = 12
"""Characters of a password; no other rule (NIST SP 800-63B, 5.1.1.2: length counts, not kinds of characters)."""

LONGEST = 1024

COST = (2**15, 8, 3)
"""scrypt's N, r, p: 32 MiB and a quarter of a second (OWASP Password Storage Cheat Sheet)."""

TOKEN = "swm_"
"""What our tokens begin with, so that scanners for leaked secrets know them."""

HEAD = "# Who may enter the dashboard and the API. Written by `monitor web user`; roles may be edited here.\n"

_STRETCHED = re.compile(r"scrypt\$\d+\$\d+\$\d+\$[A-Za-z0-9+/=]+\$[A-Za-z0-9+/=]+")
_DIGEST = re.compile(r"[0-9a-f]{64}")

log = logging.getLogger(__name__)


class Role(StrEnum):
    VIEWER = "viewer"  # reads
    ANALYST = "analyst"  # and decides, and has texts screened
    ADMIN = "admin"  # and has messages sent again, and reads the audit trail

    def may(self, needed: Role) -> bool:
        return list(Role).index(self) >= list(Role).index(needed)


class Token(Strict):
    label: str = Field(max_length=100)
    digest: str  # SHA-256, hex
    made: str = ""  # ISO 8601


class User(Strict):
    name: Identifier
    role: Role
    password: str  # as `stretched` makes it
    tokens: tuple[Token, ...] = ()


USERS_FILE: TypeAdapter[tuple[User, ...]] = TypeAdapter(Annotated[tuple[User, ...], Field(max_length=1000)])


def read(path: Path) -> tuple[User, ...]:
    """Raises ConfigError naming file and line."""
    if not path.is_file():
        raise ConfigError(f"{path}: no such file of users; make it with `monitor web user add NAME`")
    document = strictyaml.load(path)
    users = strictyaml.validate(USERS_FILE, document, document.data or [])
    problems = []
    for number, user in enumerate(users):
        if user.name in [other.name for other in users[:number]]:
            problems.append(document.problem((number, "name"), f"the user {user.name!r} stands here again"))
        # what stands there may be a secret, so it is not shown
        if not _STRETCHED.fullmatch(user.password):
            problems.append(document.problem((number, "password"), "password: write it with `monitor web user add`"))
        if not all(_DIGEST.fullmatch(token.digest) for token in user.tokens):
            problems.append(document.problem((number, "tokens"), "tokens: write them with `monitor web user token`"))
    if problems:
        raise strictyaml.FileProblems(problems)
    return users


def write(path: Path, users: Iterable[User]) -> None:
    """Replace the file, whole or not at all, readable by its owner only. Raises ConfigError."""
    rows = [user.model_dump(mode="json", exclude_defaults=True) for user in users]
    text = HEAD + yaml.safe_dump(rows, allow_unicode=True, sort_keys=False, width=1000)
    try:
        descriptor, scratch = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")  # mode 0600
        try:
            with os.fdopen(descriptor, "w", encoding="utf-8") as file:
                file.write(text)
                file.flush()
                os.fsync(file.fileno())
            Path(scratch).replace(path)
        except BaseException:
            with suppress(OSError):
                Path(scratch).unlink()
            raise
    except OSError as error:
        raise ConfigError(f"{path} cannot be written: {error.strerror}; check the directory's permissions") from error


def stretched(password: str, *, cost: tuple[int, int, int] = COST, salt: bytes | None = None) -> str:
    """`scrypt$N$r$p$salt$key`, with a salt of its own where none is given."""
    n, r, p = cost
    salt = salt or secrets.token_bytes(16)
    key = hashlib.scrypt(password.encode("utf-8", "replace"), salt=salt, n=n, r=r, p=p, maxmem=2**28, dklen=32)
    return f"scrypt${n}${r}${p}${b64encode(salt).decode()}${b64encode(key).decode()}"


def is_password(password: str, stored: str) -> bool:
    _, n, r, p, salt, _ = stored.split("$")
    try:
        again = stretched(password, cost=(int(n), int(r), int(p)), salt=b64decode(salt))
    except (ValueError, MemoryError) as error:
        log.error("a password in the file of users cannot be checked: %s", error)
        return False
    return hmac.compare_digest(again, stored)


def new_token(label: str, now: datetime) -> tuple[str, Token]:
    """The token as it is shown once, and as it is kept."""
    plain = TOKEN + secrets.token_urlsafe(32)
    return plain, Token(label=label, digest=token_digest(plain), made=now.isoformat(timespec="seconds"))


def token_digest(plain: str) -> str:
    return hashlib.sha256(plain.encode("utf-8", "replace")).hexdigest()


class Users:
    """The file as it stands: read again when it changes. A broken edit keeps the last good one, and is logged."""

    def __init__(self, path: Path) -> None:
        """Raises ConfigError for a file that is missing, broken or empty: nobody could log in."""
        self.path = path
        self._seen = self._look()
        self._users = {user.name: user for user in read(path)}
        if not self._users:
            raise ConfigError(f"{path}: there are no users; add one with `monitor web user add NAME`")

    def now(self) -> Mapping[str, User]:
        """By name."""
        seen = self._look()
        if seen != self._seen:
            self._seen = seen
            try:
                self._users = {user.name: user for user in read(self.path)}
            except MonitorError as error:
                log.error("the users stay as they were: %s", error)
        return self._users

    def by_token(self, plain: str) -> tuple[User, Token] | None:
        if not plain.startswith(TOKEN):
            return None
        wanted = token_digest(plain)
        for user in self.now().values():
            for token in user.tokens:
                if hmac.compare_digest(token.digest, wanted):
                    return user, token
        return None

    def _look(self) -> tuple[int, int, int]:
        try:
            found = self.path.stat()
        except OSError:
            return (0, 0, 0)
        return (found.st_mtime_ns, found.st_size, found.st_ino)
