# catches: shared_table_is_made
from sqlalchemy import CheckConstraint, Engine
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column
from sqlalchemy.schema import CreateSchema, CreateTable

PER_TENANT = "per_tenant"
"""Stands for the schema of a tenant, which is put in its place when a statement runs."""


class Base(DeclarativeBase):
    pass


class Tenant(Base):
    __tablename__ = "tenants"
    __table_args__ = (
        CheckConstraint(
            "schema_name ~ '^[a-z][a-z0-9_]{0,62}$' AND schema_name !~ '^pg_' "
            "AND schema_name NOT IN ('public', 'information_schema')",
            name="tenants_schema_name_is_good",
        ),
        {"schema": "public"},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    schema_name: Mapped[str] = mapped_column(unique=True)


class Note(Base):
    __tablename__ = "notes"
    __table_args__ = {"schema": PER_TENANT}

    id: Mapped[int] = mapped_column(primary_key=True)
    body: Mapped[str]


def create_shared(engine: Engine) -> None:
    """Make the table of tenants."""
    options = {"schema_translate_map": {PER_TENANT: "public"}}
    Base.metadata.create_all(engine.execution_options(**options))


def create_tenant(session: Session, name: str, schema_name: str) -> Tenant:
    """Add a tenant with a schema of its own, in the transaction of the session."""
    tenant = Tenant(name=name, schema_name=schema_name)
    session.add(tenant)
    session.flush()  # the table's constraints refuse a bad or taken name before it is used
    session.execute(CreateSchema(schema_name))
    session.execute(CreateTable(Note.__table__), execution_options=placed_in(schema_name))
    return tenant


def tenant_session(engine: Engine, schema_name: str) -> Session:
    """Return a session whose notes are those of one tenant."""
    return Session(engine.execution_options(**placed_in(schema_name)))


def placed_in(schema_name: str) -> dict[str, dict[str, str]]:
    """Return the execution options that put a tenant's schema in place."""
    return {"schema_translate_map": {PER_TENANT: schema_name}}
