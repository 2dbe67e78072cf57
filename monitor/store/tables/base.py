"""What all tables have in common: names of constraints, text from outside, partial indexes."""

from __future__ import annotations

from typing import ClassVar

from sqlalchemy import Index, MetaData, Table, Text, TypeDecorator, text
from sqlalchemy.engine.interfaces import Dialect
from sqlalchemy.orm import registry
from sqlmodel import SQLModel

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)


class OutsideText(TypeDecorator[str]):
    """Text from outside. What no database takes (NUL, lone surrogates) becomes U+FFFD or `?`, one for one."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:  # noqa: ARG002
        return value if value is None else storable(value)


def storable(value: str) -> str:
    """The text with the characters that no database takes replaced, one for one, so that offsets stay."""
    if value.isascii() and "\x00" not in value:
        return value
    return value.replace("\x00", "\ufffd").encode("utf-8", "replace").decode("utf-8")


class Base(SQLModel, registry=registry(metadata=metadata)):
    __table__: ClassVar[Table]


def partial(name: str, *columns: str, where: str) -> Index:
    """An index on the few rows that are asked for every second, among millions that are not."""
    return Index(name, *columns, sqlite_where=text(where), postgresql_where=text(where))
