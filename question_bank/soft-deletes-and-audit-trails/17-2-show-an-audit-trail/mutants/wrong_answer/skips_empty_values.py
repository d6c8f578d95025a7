# catches: old_value_survives_a_commit, none_is_a_value
from sqlalchemy import JSON, event, insert, inspect
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column


class Base(DeclarativeBase):
    pass


class Product(Base):
    __tablename__ = "products"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(active_history=True)
    price: Mapped[int] = mapped_column(active_history=True)
    remark: Mapped[str | None] = mapped_column(active_history=True)


class Audit(Base):
    __tablename__ = "audit"

    id: Mapped[int] = mapped_column(primary_key=True)
    product_id: Mapped[int]
    actor: Mapped[str]
    changes: Mapped[dict] = mapped_column(JSON)


def changes_of(product):
    histories = {attr.key: attr.history for attr in inspect(product).attrs}
    return {
        key: [history.deleted[0], history.added[0]]
        for key, history in histories.items()
        if any(history.deleted) and any(history.added)
    }


@event.listens_for(Session, "after_flush")
def record_changes(session, _context):
    for product in session.dirty:
        if isinstance(product, Product) and (changes := changes_of(product)):
            session.execute(
                insert(Audit).values(
                    product_id=product.id, actor=session.info["actor"], changes=changes
                )
            )
