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


def tenant_session(engine: Engine, tenant_id: int) -> Session:
    session = Session(engine)
    criteria = [
        with_loader_criteria(model, model.tenant_id == tenant_id, include_aliases=True)
        for model in TenantOwned.__subclasses__()
    ]

    def stay_inside(state):
        state.statement = state.statement.options(*criteria)

    def stamp(session, row):
        if isinstance(row, TenantOwned):
            row.tenant_id = tenant_id

    event.listen(session, "do_orm_execute", stay_inside)
    event.listen(session, "before_attach", stamp)
    return session
