from sqlalchemy import (
    CheckConstraint,
    Column,
    Integer,
    MetaData,
    String,
    Text,
    UniqueConstraint,
    insert,
)
from sqlalchemy import schema as ddl
from sqlalchemy.orm import DeclarativeBase, sessionmaker


class Base(DeclarativeBase):
    pass


class Shared(Base):
    __abstract__ = True
    metadata = MetaData(schema="public")


class PerTenant(Base):
    __abstract__ = True
    metadata = MetaData()


class Tenant(Shared):
    __tablename__ = "tenants"

    id = Column(Integer, primary_key=True)
    name = Column(Text, nullable=False)
    schema_name = Column(String(63), nullable=False)

    __table_args__ = (
        UniqueConstraint("schema_name"),
        CheckConstraint(
            "schema_name SIMILAR TO '[a-z][a-z0-9_]*' AND NOT starts_with(schema_name, 'pg_') "
            "AND schema_name <> ALL (ARRAY['public', 'information_schema'])"
        ),
    )


class Note(PerTenant):
    __tablename__ = "notes"

    id = Column(Integer, primary_key=True)
    body = Column(Text, nullable=False)


def create_shared(engine):
    Shared.metadata.create_all(engine)


def create_tenant(session, name, schema_name):
    statement = insert(Tenant).values(name=name, schema_name=schema_name).returning(Tenant)
    tenant = session.scalars(statement).one()
    connection = session.connection()
    connection.execute(ddl.CreateSchema(schema_name))
    copy = MetaData()
    for table in PerTenant.metadata.sorted_tables:
        table.to_metadata(copy, schema=schema_name)
    copy.create_all(connection)
    return tenant


def tenant_session(engine, schema_name):
    options = {"schema_translate_map": {None: schema_name}}
    return sessionmaker(bind=engine.execution_options(**options))()
