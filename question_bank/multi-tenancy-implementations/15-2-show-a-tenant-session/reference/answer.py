from sqlalchemy import Engine, event
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, with_loader_criteria


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


class TenantSession(Session):
    pass


@event.listens_for(TenantSession, "do_orm_execute")
def only_own_rows(state):
    tenant_id = state.session.info["tenant_id"]
    state.statement = state.statement.options(
        with_loader_criteria(
            TenantOwned, lambda cls: cls.tenant_id == tenant_id, include_aliases=True
        )
    )


@event.listens_for(TenantSession, "before_flush")
def stamp_new_rows(session, _context, _instances):
    for row in session.new:
        if isinstance(row, TenantOwned):
            row.tenant_id = session.info["tenant_id"]


def tenant_session(engine: Engine, tenant_id: int) -> Session:
    return TenantSession(engine, info={"tenant_id": tenant_id})
