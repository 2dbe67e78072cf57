"""Keys that this installation made for itself."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import LargeBinary
from sqlmodel import Field

from monitor.store.tables.base import Base


class SecretRow(Base, table=True):
    __tablename__ = "secrets"

    name: str = Field(primary_key=True)
    value: bytes = Field(sa_type=LargeBinary)
    made: datetime


secrets = SecretRow.__table__
