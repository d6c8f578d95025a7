from datetime import datetime, timezone

from sqlalchemy import DateTime, event
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, with_loader_criteria


class SoftDeletes:
    deleted_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True), default=None, index=True)

    def soft_delete(self):
        self.deleted_at = self.deleted_at or datetime.now(timezone.utc)

    def restore(self):
        self.deleted_at = None

    @hybrid_property
    def is_deleted(self):
        return self.deleted_at is not None

    @is_deleted.expression
    def is_deleted(cls):
        return cls.deleted_at != None  # noqa: E711


class Base(DeclarativeBase):
    pass


class Article(SoftDeletes, Base):
    __tablename__ = "articles"

    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str] = mapped_column()


def hide_deleted(context):
    if context.execution_options.get("include_deleted"):
        return
    if context.is_select and not context.is_column_load:
        criteria = with_loader_criteria(SoftDeletes, lambda cls: cls.deleted_at.is_(None), include_aliases=True)
        context.statement = context.statement.options(criteria)


event.listen(Session, "do_orm_execute", hide_deleted)
