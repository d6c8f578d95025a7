from sqlalchemy import CheckConstraint, event, func, select, text
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column


class Base(DeclarativeBase):
    pass


class Tenant(Base):
    __tablename__ = "tenants"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    schema_name: Mapped[str] = mapped_column(unique=True)

    __table_args__ = (
        CheckConstraint(r"schema_name ~ '^[a-z][a-z0-9_]*$'"),
        CheckConstraint("length(schema_name) <= 63"),
        CheckConstraint("left(schema_name, 3) <> 'pg_'"),
        CheckConstraint("schema_name <> 'public' AND schema_name <> 'information_schema'"),
        {"schema": "public"},
    )


class Note(Base):
    __tablename__ = "notes"

    id: Mapped[int] = mapped_column(primary_key=True)
    body: Mapped[str]


def use(connection, path):
    # True: for this transaction only, so that the pool gets the connection back as it was.
    connection.execute(select(func.set_config("search_path", path, True)))


def create_shared(engine):
    Tenant.__table__.create(engine, checkfirst=True)


def create_tenant(session, name, schema_name):
    tenant = Tenant(name=name, schema_name=schema_name)
    session.add(tenant)
    session.flush()
    connection = session.connection()
    quoted = connection.dialect.identifier_preparer.quote(schema_name)
    connection.execute(text(f"CREATE SCHEMA {quoted}"))
    before = connection.scalar(text("SHOW search_path"))
    use(connection, quoted)
    Note.__table__.create(connection, checkfirst=False)
    use(connection, before)
    return tenant


class TenantSession(Session):
    def __init__(self, engine, schema_name):
        super().__init__(engine)
        path = engine.dialect.identifier_preparer.quote(schema_name)

        @event.listens_for(self, "after_begin")
        def begin(session, transaction, connection):
            use(connection, path)


def tenant_session(engine, schema_name):
    return TenantSession(engine, schema_name)
