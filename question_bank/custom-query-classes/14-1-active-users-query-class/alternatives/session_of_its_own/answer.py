from sqlalchemy import Boolean, Column, DateTime, Integer, String, and_, false, null
from sqlalchemy import inspect as look
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.orm import DeclarativeBase, Query, Session


class Base(DeclarativeBase):
    pass


class User(Base):
    __tablename__ = "users"

    id = Column(Integer, primary_key=True)
    name = Column(String(80), nullable=False)
    confirmed = Column(Boolean, nullable=False, server_default=false())
    deactivated_at = Column(DateTime, nullable=True)

    @hybrid_property
    def is_active(self):
        return self.confirmed and self.deactivated_at is None

    @is_active.expression
    def is_active(cls):
        return and_(cls.confirmed.is_(True), cls.deactivated_at == null())


class UserQuery(Query):
    def active(self):
        found = self._users()
        if len(found) == 0:
            raise ValueError(f"{self.column_descriptions} asks for no user")
        return self.where(and_(*(user.is_active for user in found)))

    def _users(self):
        entities = {column.get("entity") for column in self.column_descriptions} - {None}
        return [entity for entity in entities if look(entity).mapper is look(User)]


class UserSession(Session):
    def query(self, *entities, **kwargs):
        return UserQuery(entities, self, **kwargs)


def SessionFactory(bind):
    return UserSession(bind)
