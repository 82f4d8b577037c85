"""The first tables."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    _fleet()
    _campaigns()
    _set_aside()
    _runs()
    _not_taken()
    _orders()


def _fleet() -> None:
    """PCs, the clients on them, and what their audits found."""
    op.create_table(
        "pcs",
        sa.Column("name", sa.String(length=300), nullable=False),
        sa.Column("address", sa.String(length=300), nullable=False),
        sa.Column("site", sa.String(length=300), nullable=False),
        sa.Column("answered_at", sa.String(length=20), nullable=True),
        sa.Column("absent_at", sa.String(length=20), nullable=True),
        sa.Column("absent_why", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_pcs")),
    )
    op.create_table(
        "clients",
        sa.Column("name", sa.String(length=300), nullable=False),
        sa.Column("pc", sa.String(length=300), nullable=False),
        sa.Column("account", sa.String(length=300), nullable=False),
        sa.Column("sid", sa.String(length=190), nullable=False),
        sa.Column("user", sa.String(length=300), nullable=True),
        sa.Column("data", sa.Text(), nullable=True),
        sa.Column("ini", sa.Text(), nullable=True),
        sa.Column("machine", sa.String(length=300), nullable=True),
        sa.Column("audited_at", sa.String(length=20), nullable=False),
        sa.ForeignKeyConstraint(["pc"], ["pcs.name"], name=op.f("fk_clients_pc_pcs")),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_clients")),
        sa.UniqueConstraint("pc", "sid", name=op.f("uq_clients_pc")),
    )
    op.create_table(
        "facts",
        sa.Column("client", sa.String(length=300), nullable=False),
        sa.Column("section", sa.String(length=64), nullable=False),
        sa.Column("at", sa.String(length=20), nullable=False),
        sa.Column("depth", sa.String(length=16), nullable=False),
        sa.Column("document", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["client"], ["clients.name"], name=op.f("fk_facts_client_clients")),
        sa.PrimaryKeyConstraint("client", "section", "at", "depth", name=op.f("pk_facts")),
    )


def _campaigns() -> None:
    """Campaigns, their waves, and what each client is to become."""
    op.create_table(
        "campaigns",
        sa.Column("name", sa.String(length=300), nullable=False),
        sa.Column("round", sa.String(length=64), nullable=False),
        sa.Column("loaded_at", sa.String(length=20), nullable=False),
        sa.Column("document", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_campaigns")),
    )
    op.create_table(
        "waves",
        sa.Column("campaign", sa.String(length=300), nullable=False),
        sa.Column("name", sa.String(length=300), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("date", sa.String(length=10), nullable=False),
        sa.ForeignKeyConstraint(["campaign"], ["campaigns.name"], name=op.f("fk_waves_campaign_campaigns")),
        sa.PrimaryKeyConstraint("campaign", "name", name=op.f("pk_waves")),
        sa.UniqueConstraint("name", name=op.f("uq_waves_name")),
    )
    op.create_table(
        "targets",
        sa.Column("client", sa.String(length=300), nullable=False),
        sa.Column("campaign", sa.String(length=300), nullable=False),
        sa.Column("wave", sa.String(length=300), nullable=False),
        sa.Column("person", sa.String(length=300), nullable=False),
        sa.Column("prompt_free", sa.Boolean(), nullable=False),
        sa.Column("mailbox", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("left_out", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["campaign"], ["campaigns.name"], name=op.f("fk_targets_campaign_campaigns")),
        sa.ForeignKeyConstraint(["client"], ["clients.name"], name=op.f("fk_targets_client_clients")),
        sa.PrimaryKeyConstraint("client", "campaign", name=op.f("pk_targets")),
    )


def _set_aside() -> None:
    """What rules found, who is set aside or let in by hand, and when a campaign was stopped."""
    op.create_table(
        "findings",
        sa.Column("client", sa.String(length=300), nullable=False),
        sa.Column("campaign", sa.String(length=300), nullable=False),
        sa.Column("rule", sa.String(length=300), nullable=False),
        sa.Column("holds", sa.Boolean(), nullable=False),
        sa.Column("verdict", sa.String(length=16), nullable=False),
        sa.Column("since", sa.String(length=20), nullable=False),
        sa.Column("readings", sa.JSON(), nullable=False),
        sa.Column("unknown", sa.Text(), nullable=True),
        sa.Column("reason", sa.JSON(), nullable=False),
        sa.Column("remedy", sa.JSON(), nullable=True),
        sa.ForeignKeyConstraint(["campaign"], ["campaigns.name"], name=op.f("fk_findings_campaign_campaigns")),
        sa.ForeignKeyConstraint(["client"], ["clients.name"], name=op.f("fk_findings_client_clients")),
        sa.PrimaryKeyConstraint("client", "campaign", "rule", name=op.f("pk_findings")),
    )
    op.create_table(
        "exclusions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("client", sa.String(length=300), nullable=False),
        sa.Column("campaign", sa.String(length=300), nullable=True),
        sa.Column("rule", sa.String(length=300), nullable=True),
        sa.Column("author", sa.String(length=300), nullable=False),
        sa.Column("reason", sa.JSON(), nullable=False),
        sa.Column("begun_at", sa.String(length=20), nullable=False),
        sa.Column("until", sa.String(length=10), nullable=True),
        sa.Column("ended_at", sa.String(length=20), nullable=True),
        sa.Column("ended_by", sa.String(length=300), nullable=True),
        sa.Column("ended_why", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["campaign"], ["campaigns.name"], name=op.f("fk_exclusions_campaign_campaigns")),
        sa.ForeignKeyConstraint(["client"], ["clients.name"], name=op.f("fk_exclusions_client_clients")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_exclusions")),
    )
    op.create_index("ix_exclusions_client", "exclusions", ["client"], unique=False)
    op.create_table(
        "waivers",
        sa.Column("client", sa.String(length=300), nullable=False),
        sa.Column("campaign", sa.String(length=300), nullable=False),
        sa.Column("rule", sa.String(length=300), nullable=False),
        sa.Column("author", sa.String(length=300), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("at", sa.String(length=20), nullable=False),
        sa.ForeignKeyConstraint(["campaign"], ["campaigns.name"], name=op.f("fk_waivers_campaign_campaigns")),
        sa.ForeignKeyConstraint(["client"], ["clients.name"], name=op.f("fk_waivers_client_clients")),
        sa.PrimaryKeyConstraint("client", "campaign", "rule", name=op.f("pk_waivers")),
    )
    op.create_table(
        "stops",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("campaign", sa.String(length=300), nullable=False),
        sa.Column("author", sa.String(length=300), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("at", sa.String(length=20), nullable=False),
        sa.Column("lifted_at", sa.String(length=20), nullable=True),
        sa.Column("lifted_by", sa.String(length=300), nullable=True),
        sa.Column("lifted_why", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["campaign"], ["campaigns.name"], name=op.f("fk_stops_campaign_campaigns")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stops")),
    )


def _runs() -> None:
    """What playbooks did and met: runs, plays, results."""
    op.create_table(
        "runs",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("playbook", sa.Text(), nullable=False),
        sa.Column("started", sa.String(length=20), nullable=False),
        sa.Column("ended", sa.String(length=20), nullable=True),
        sa.Column("check", sa.Boolean(), nullable=False),
        sa.Column("controller", sa.String(length=300), nullable=False),
        sa.Column("stats", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("imported", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_runs")),
    )
    op.create_table(
        "plays",
        sa.Column("run", sa.String(length=64), nullable=False),
        sa.Column("position", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("hosts", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["run"], ["runs.id"], name=op.f("fk_plays_run_runs")),
        sa.PrimaryKeyConstraint("run", "position", name=op.f("pk_plays")),
    )
    op.create_table(
        "results",
        sa.Column("run", sa.String(length=64), nullable=False),
        sa.Column("position", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("host", sa.String(length=300), nullable=False),
        sa.Column("task", sa.Text(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("at", sa.String(length=20), nullable=False),
        sa.Column("status", sa.String(length=32), nullable=False),
        sa.Column("msg", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["run"], ["runs.id"], name=op.f("fk_results_run_runs")),
        sa.PrimaryKeyConstraint("run", "position", name=op.f("pk_results")),
    )
    op.create_index("ix_results_host", "results", ["host"], unique=False)


def _not_taken() -> None:
    """PCs that did not answer, and documents that were not believed."""
    op.create_table(
        "absences",
        sa.Column("run", sa.String(length=64), nullable=False),
        sa.Column("position", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("host", sa.String(length=300), nullable=False),
        sa.Column("pc", sa.String(length=300), nullable=False),
        sa.Column("at", sa.String(length=20), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["run"], ["runs.id"], name=op.f("fk_absences_run_runs")),
        sa.PrimaryKeyConstraint("run", "position", name=op.f("pk_absences")),
    )
    op.create_table(
        "asides",
        sa.Column("run", sa.String(length=64), nullable=False),
        sa.Column("position", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("item", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("host", sa.String(length=300), nullable=False),
        sa.Column("pc", sa.String(length=300), nullable=False),
        sa.Column("at", sa.String(length=20), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("path", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["run"], ["runs.id"], name=op.f("fk_asides_run_runs")),
        sa.PrimaryKeyConstraint("run", "position", "item", name=op.f("pk_asides")),
    )
    op.create_index("ix_asides_host", "asides", ["host"], unique=False)


def _orders() -> None:
    """Orders and their reports."""
    op.create_table(
        "orders",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("client", sa.String(length=300), nullable=False),
        sa.Column("campaign", sa.String(length=300), nullable=True),
        sa.Column("step", sa.String(length=300), nullable=False),
        sa.Column("round", sa.String(length=300), nullable=False),
        sa.Column("mode", sa.String(length=16), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("staging", sa.Text(), nullable=False),
        sa.Column("sent_at", sa.String(length=20), nullable=False),
        sa.Column("run", sa.String(length=64), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("reason", sa.String(length=64), nullable=True),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("reported_at", sa.String(length=20), nullable=True),
        sa.Column("cancel_at", sa.String(length=20), nullable=True),
        sa.ForeignKeyConstraint(["client"], ["clients.name"], name=op.f("fk_orders_client_clients")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_orders")),
    )
    op.create_index("ix_orders_client", "orders", ["client"], unique=False)
    op.create_table(
        "reports",
        sa.Column("order", sa.String(length=32), nullable=False),
        sa.Column("left", sa.Integer(), nullable=False),
        sa.Column("not_compared", sa.Boolean(), nullable=False),
        sa.Column("document", sa.JSON(), nullable=False),
        sa.Column("journal", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["order"], ["orders.id"], name=op.f("fk_reports_order_orders")),
        sa.PrimaryKeyConstraint("order", name=op.f("pk_reports")),
    )
