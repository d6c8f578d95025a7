from sqlalchemy import Engine
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column


class Base(DeclarativeBase):
    pass


class TenantOwned:
    tenant_id: Mapped[int] = mapped_column(index=True)


class Note(TenantOwned, Base):
    __tablename__ = "notes"

    id: Mapped[int] = mapped_column(primary_key=True)
    text: Mapped[str]


class Contact(TenantOwned, Base):
    __tablename__ = "contacts"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]


def tenant_session(engine: Engine, tenant_id: int) -> Session:
    return Session(engine)
