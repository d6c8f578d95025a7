# catches: every_digit_is_kept, place_comes_back, moving_changes_both, unknown_is_none
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Numeric, not_
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
    latitude: Mapped[float | None] = mapped_column(Numeric(9, 6))
    longitude: Mapped[float | None] = mapped_column(Numeric(9, 6))
    location: Mapped[Coordinate | None] = composite(
        "latitude", "longitude", comparator_factory=SamePoint
    )
