"""The store's tables (SQLAlchemy Core). Moments are UTC texts (`clock.text`); nothing here is of one database only."""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
)

REVISION = "0001"
"""The revision of the migrations that these tables are (a test compares both)."""

metadata = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
        "uq": "uq_%(table_name)s_%(column_0_name)s",
        "ix": "ix_%(table_name)s_%(column_0_name)s",
    }
)

MOMENT = String(20)
NAME = String(300)

pcs = Table(
    "pcs",
    metadata,
    Column("name", NAME, primary_key=True),
    Column("address", NAME, nullable=False),
    Column("site", NAME, nullable=False),
    Column("answered_at", MOMENT),
    Column("absent_at", MOMENT),
    Column("absent_why", Text),
)

clients = Table(
    "clients",
    metadata,
    Column("name", NAME, primary_key=True),
    Column("pc", NAME, ForeignKey("pcs.name"), nullable=False),
    Column("account", NAME, nullable=False),
    Column("sid", String(190), nullable=False),
    Column("user", NAME),
    Column("data", Text),
    Column("ini", Text),
    Column("machine", NAME),
    Column("audited_at", MOMENT, nullable=False),
    UniqueConstraint("pc", "sid"),
)

facts = Table(
    "facts",
    metadata,
    Column("client", NAME, ForeignKey("clients.name"), primary_key=True),
    Column("section", String(64), primary_key=True),
    Column("at", MOMENT, primary_key=True),
    Column("depth", String(16), primary_key=True),
    Column("document", JSON(none_as_null=False), nullable=False),
)

campaigns = Table(
    "campaigns",
    metadata,
    Column("name", NAME, primary_key=True),
    Column("round", String(64), nullable=False),
    Column("loaded_at", MOMENT, nullable=False),
    Column("document", JSON(none_as_null=False), nullable=False),
)

waves = Table(
    "waves",
    metadata,
    Column("campaign", NAME, ForeignKey("campaigns.name"), primary_key=True),
    Column("name", NAME, primary_key=True),
    Column("position", Integer, nullable=False),
    Column("date", String(10), nullable=False),
    UniqueConstraint("name"),
)

targets = Table(
    "targets",
    metadata,
    Column("client", NAME, ForeignKey("clients.name"), primary_key=True),
    Column("campaign", NAME, ForeignKey("campaigns.name"), primary_key=True),
    Column("wave", NAME, nullable=False),
    Column("person", NAME, nullable=False),
    Column("prompt_free", Boolean, nullable=False),
    Column("mailbox", JSON(none_as_null=True)),
    Column("left_out", Text),
)

findings = Table(
    "findings",
    metadata,
    Column("client", NAME, ForeignKey("clients.name"), primary_key=True),
    Column("campaign", NAME, ForeignKey("campaigns.name"), primary_key=True),
    Column("rule", NAME, primary_key=True),
    Column("holds", Boolean, nullable=False),
    Column("verdict", String(16), nullable=False),
    Column("since", MOMENT, nullable=False),
    Column("readings", JSON(none_as_null=False), nullable=False),
    Column("unknown", Text),
    Column("reason", JSON(none_as_null=False), nullable=False),
    Column("remedy", JSON(none_as_null=True)),
)

exclusions = Table(
    "exclusions",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("client", NAME, ForeignKey("clients.name"), nullable=False),
    Column("campaign", NAME, ForeignKey("campaigns.name")),
    Column("rule", NAME),
    Column("author", NAME, nullable=False),
    Column("reason", JSON(none_as_null=False), nullable=False),
    Column("begun_at", MOMENT, nullable=False),
    Column("until", String(10)),
    Column("ended_at", MOMENT),
    Column("ended_by", NAME),
    Column("ended_why", Text),
    Index("ix_exclusions_client", "client"),
)

waivers = Table(
    "waivers",
    metadata,
    Column("client", NAME, ForeignKey("clients.name"), primary_key=True),
    Column("campaign", NAME, ForeignKey("campaigns.name"), primary_key=True),
    Column("rule", NAME, primary_key=True),
    Column("author", NAME, nullable=False),
    Column("reason", Text, nullable=False),
    Column("at", MOMENT, nullable=False),
)

stops = Table(
    "stops",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("campaign", NAME, ForeignKey("campaigns.name"), nullable=False),
    Column("author", NAME, nullable=False),
    Column("reason", Text, nullable=False),
    Column("at", MOMENT, nullable=False),
    Column("lifted_at", MOMENT),
    Column("lifted_by", NAME),
    Column("lifted_why", Text),
)

runs = Table(
    "runs",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("playbook", Text, nullable=False),
    Column("started", MOMENT, nullable=False),
    Column("ended", MOMENT),
    Column("check", Boolean, nullable=False),
    Column("controller", NAME, nullable=False),
    Column("stats", JSON(none_as_null=True)),
    Column("imported", BigInteger, nullable=False),
)

plays = Table(
    "plays",
    metadata,
    Column("run", String(64), ForeignKey("runs.id"), primary_key=True),
    Column("position", BigInteger, primary_key=True, autoincrement=False),
    Column("name", Text, nullable=False),
    Column("hosts", JSON(none_as_null=False), nullable=False),
)

results = Table(
    "results",
    metadata,
    Column("run", String(64), ForeignKey("runs.id"), primary_key=True),
    Column("position", BigInteger, primary_key=True, autoincrement=False),
    Column("host", NAME, nullable=False),
    Column("task", Text, nullable=False),
    Column("action", Text, nullable=False),
    Column("at", MOMENT, nullable=False),
    Column("status", String(32), nullable=False),
    Column("msg", Text, nullable=False),
    Index("ix_results_host", "host"),
)

orders = Table(
    "orders",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("client", NAME, ForeignKey("clients.name"), nullable=False),
    Column("campaign", NAME),
    Column("step", NAME, nullable=False),
    Column("round", NAME, nullable=False),
    Column("mode", String(16), nullable=False),
    Column("text", Text, nullable=False),
    Column("staging", Text, nullable=False),
    Column("sent_at", MOMENT, nullable=False),
    Column("run", String(64), nullable=False),
    Column("state", String(16), nullable=False),
    Column("reason", String(64)),
    Column("attempt", Integer, nullable=False),
    Column("reported_at", MOMENT),
    Column("cancel_at", MOMENT),
    Index("ix_orders_client", "client"),
)

reports = Table(
    "reports",
    metadata,
    Column("order", String(32), ForeignKey("orders.id"), primary_key=True),
    Column("left", Integer, nullable=False),
    Column("not_compared", Boolean, nullable=False),
    Column("document", JSON(none_as_null=False), nullable=False),
    Column("journal", LargeBinary, nullable=False),
)

absences = Table(
    "absences",
    metadata,
    Column("run", String(64), ForeignKey("runs.id"), primary_key=True),
    Column("position", BigInteger, primary_key=True, autoincrement=False),
    Column("host", NAME, nullable=False),
    Column("pc", NAME, nullable=False),
    Column("at", MOMENT, nullable=False),
    Column("why", Text, nullable=False),
)

asides = Table(
    "asides",
    metadata,
    Column("run", String(64), ForeignKey("runs.id"), primary_key=True),
    Column("position", BigInteger, primary_key=True, autoincrement=False),
    Column("item", Integer, primary_key=True, autoincrement=False),
    Column("host", NAME, nullable=False),
    Column("pc", NAME, nullable=False),
    Column("at", MOMENT, nullable=False),
    Column("why", Text, nullable=False),
    Column("path", Text, nullable=False),
    Index("ix_asides_host", "host"),
)
