"""Who may enter: people with their roles, passwords and API tokens, in a YAML file that holds digests only.

Passwords are stretched with Argon2id (RFC 9106), so that a stolen file is slow to guess from; those that were stretched
with scrypt before are still known. Tokens are 256 random bits: nobody guesses those, and one SHA-256 is enough.
"""

from __future__ import annotations

import hashlib
import hmac
import logging
import os
import re
import secrets
import tempfile
from base64 import b64decode
from collections.abc import Iterable, Mapping
from contextlib import suppress
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import yaml
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError, VerifyMismatchError
from pydantic import Field, TypeAdapter

from monitor import strictyaml
from monitor.errors import ConfigError, MonitorError
from monitor.model.settings import Identifier, Strict

SHORTEST = 12
"""Characters of a password; no other rule (NIST SP 800-63B, 5.1.1.2: length counts, not kinds of characters)."""

LONGEST = 1024

HASHER = PasswordHasher(time_cost=3, memory_cost=2**16, parallelism=4)
"""RFC 9106's second choice of parameters, the one for memory that is not plenty: 64 MiB."""

_MOST_MEMORY = 2**20
"""KiB that a stored hash may ask for; more would be a slip, or somebody's way to bring the desk down."""

TOKEN = "swm_"
"""What our tokens begin with, so that scanners for leaked secrets know them."""

HEAD = "# Who may enter the dashboard and the API. Written by `monitor web user`; roles may be edited here.\n"

_ARGON2 = re.compile(r"\$argon2id\$v=19\$m=(\d{1,7}),t=\d{1,2},p=\d{1,2}\$[A-Za-z0-9+/]+\$[A-Za-z0-9+/]+")
_SCRYPT = re.compile(r"scrypt\$\d+\$\d+\$\d+\$[A-Za-z0-9+/=]+\$[A-Za-z0-9+/=]+")
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
        if not is_stretched(user.password):
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


def stretched(password: str, hasher: PasswordHasher = HASHER) -> str:
    """The password as it is kept: `$argon2id$v=19$m=65536,t=3,p=4$salt$key`."""
    return hasher.hash(password.encode("utf-8", "replace"))


def is_stretched(stored: str) -> bool:
    """Whether it is what `stretched` makes, or made."""
    argon2 = _ARGON2.fullmatch(stored)
    return int(argon2[1]) <= _MOST_MEMORY if argon2 else _SCRYPT.fullmatch(stored) is not None


def is_password(password: str, stored: str) -> bool:
    given = password.encode("utf-8", "replace")
    if stored.startswith("$argon2id$"):
        try:
            return HASHER.verify(stored, given)
        except VerifyMismatchError:
            return False
        except (VerificationError, InvalidHashError) as error:
            log.error("a password in the file of users cannot be checked: %s", error)
            return False
    return _is_scrypted(given, stored)


def _is_scrypted(given: bytes, stored: str) -> bool:
    """`scrypt$N$r$p$salt$key`, as it was kept before."""
    _, n, r, p, salt, kept = stored.split("$")
    try:
        key = hashlib.scrypt(given, salt=b64decode(salt), n=int(n), r=int(r), p=int(p), maxmem=2**28, dklen=32)
        return hmac.compare_digest(key, b64decode(kept))
    except (ValueError, MemoryError) as error:
        log.error("a password in the file of users cannot be checked: %s", error)
        return False


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
