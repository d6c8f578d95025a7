from collections import namedtuple

from sqlalchemy import Double, not_, tuple_
from sqlalchemy.orm import Composite, DeclarativeBase, Mapped, composite, mapped_column


class Coordinate(namedtuple("Coordinate", ["latitude", "longitude"])):
    __slots__ = ()

    def __new__(cls, latitude: float, longitude: float):
        if abs(latitude) <= 90 and abs(longitude) <= 180:
            return super().__new__(cls, latitude, longitude)
        raise ValueError((latitude, longitude))

    def __composite_values__(self):
        return tuple(self)


class PointComparator(Composite.Comparator):
    def __eq__(self, other):
        return super().__eq__(other)

    def __ne__(self, other):
        return not_(super().__eq__(other))


class Base(DeclarativeBase):
    type_annotation_map = {float: Double()}


class Place(Base):
    __tablename__ = "places"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column()
    latitude: Mapped[float | None] = mapped_column()
    longitude: Mapped[float | None] = mapped_column()
    location: Mapped[Coordinate | None] = composite(
        latitude, longitude, comparator_factory=PointComparator
    )
