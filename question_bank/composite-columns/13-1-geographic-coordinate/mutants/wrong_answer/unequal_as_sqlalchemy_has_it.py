# catches: unequal_means_either
from dataclasses import dataclass

from sqlalchemy import ColumnElement, not_
from sqlalchemy.orm import Composite, DeclarativeBase, Mapped, composite, mapped_column


@dataclass(frozen=True)
class Coordinate:
    latitude: float
    longitude: float

    def __post_init__(self) -> None:
        # Written so that NaN, which is neither below nor above anything, is refused as well.
        if not -90 <= self.latitude <= 90:
            raise ValueError(f"latitude {self.latitude} is not between -90 and 90")
        if not -180 <= self.longitude <= 180:
            raise ValueError(f"longitude {self.longitude} is not between -180 and 180")


class Base(DeclarativeBase):
    pass


class Place(Base):
    __tablename__ = "places"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    latitude: Mapped[float | None]
    longitude: Mapped[float | None]
    location: Mapped[Coordinate | None] = composite(
        "latitude", "longitude"
    )
