import datetime as dt

from sqlalchemy import TIMESTAMP, Column, Integer, String, and_, event, true
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.orm import DeclarativeBase, Session, with_loader_criteria


class Base(DeclarativeBase):
    pass


class Article(Base):
    __tablename__ = "articles"

    id = Column(Integer, primary_key=True)
    title = Column(String(200), nullable=False)
    deleted_at = Column(TIMESTAMP(timezone=True), nullable=True)

    def _is_deleted(self):
        return bool(self.deleted_at)

    def _is_deleted_sql(cls):
        return and_(cls.deleted_at.isnot(None), true())

    is_deleted = hybrid_property(_is_deleted, expr=_is_deleted_sql)

    def soft_delete(self):
        if not self.is_deleted:
            self.deleted_at = dt.datetime.now(tz=dt.timezone.utc)

    def restore(self):
        self.deleted_at = None


@event.listens_for(Session, "do_orm_execute")
def only_living(execution):
    wanted = execution.execution_options.get("include_deleted") is True
    if execution.is_select and not wanted:
        living = with_loader_criteria(Article, ~Article.is_deleted, include_aliases=True)
        execution.statement = execution.statement.options(living)
