# catches: outside_is_refused, nan_is_refused
from dataclasses import dataclass

from sqlalchemy import ColumnElement, not_
from sqlalchemy.orm import Composite, DeclarativeBase, Mapped, composite, mapped_column


@dataclass(frozen=True)
class Coordinate:
    latitude: float
    longitude: float


class SamePoint(Composite.Comparator[Coordinate]):
    def __ne__(self, other: object) -> ColumnElement[bool]:
        # SQLAlchemy's own asks that both numbers differ; one is enough for another point.
        return not_(self == other)


class Base(DeclarativeBase):
    pass


class Place(Base):
    __tablename__ = "places"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    latitude: Mapped[float | None]
    longitude: Mapped[float | None]
    location: Mapped[Coordinate | None] = composite(
        "latitude", "longitude", comparator_factory=SamePoint
    )
