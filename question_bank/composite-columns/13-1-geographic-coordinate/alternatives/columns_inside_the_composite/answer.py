from dataclasses import dataclass
from math import isfinite

from sqlalchemy import Double, or_
from sqlalchemy.orm import CompositeProperty, DeclarativeBase, Mapped, composite, mapped_column


@dataclass(frozen=True, slots=True)
class Coordinate:
    latitude: float
    longitude: float

    def __post_init__(self):
        for name, most in (("latitude", 90), ("longitude", 180)):
            value = getattr(self, name)
            if not isfinite(value) or abs(value) > most:
                raise ValueError(f"{name} {value}")


class Comparator(CompositeProperty.Comparator):
    def __ne__(self, other):
        latitude, longitude = self.__clause_element__().clauses
        if other is None:
            return latitude.is_not(None)
        return or_(latitude != other.latitude, longitude != other.longitude)


class Base(DeclarativeBase):
    pass


class Place(Base):
    __tablename__ = "places"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    location: Mapped[Coordinate | None] = composite(
        mapped_column("latitude", Double, nullable=True),
        mapped_column("longitude", Double, nullable=True),
        comparator_factory=Comparator,
    )
