from sqlalchemy import JSON, event
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, attributes, mapped_column


class Base(DeclarativeBase):
    pass


class Product(Base):
    __tablename__ = "products"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    price: Mapped[int]
    remark: Mapped[str | None]


class Audit(Base):
    __tablename__ = "audit"

    id: Mapped[int] = mapped_column(primary_key=True)
    product_id: Mapped[int]
    actor: Mapped[str]
    changes: Mapped[dict] = mapped_column(JSON)


def remember(product, value, old, initiator):
    """With active_history the old value is loaded before the new one is set."""


for name in ("name", "price", "remark"):
    event.listen(getattr(Product, name), "set", remember, active_history=True)


@event.listens_for(Session, "before_flush")
def record_changes(session, _context, _instances):
    for product in list(session.dirty):
        if not isinstance(product, Product) or not session.is_modified(product):
            continue
        changes = {}
        for name in ("name", "price", "remark"):
            added, _, deleted = attributes.get_history(product, name)
            if added:
                changes[name] = [deleted[0], added[0]]
        session.add(Audit(product_id=product.id, actor=session.info["actor"], changes=changes))
