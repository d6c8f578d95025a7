from sqlalchemy import Column, Float, Integer, String
from sqlalchemy.orm import Composite, composite, declarative_base


class Coordinate:
    __slots__ = ("_latitude", "_longitude")

    def __init__(self, latitude, longitude):
        if not (-90 <= latitude <= 90 and -180 <= longitude <= 180):
            raise ValueError("There is no such point on the globe.")
        self._latitude = latitude
        self._longitude = longitude

    @property
    def latitude(self):
        return self._latitude

    @property
    def longitude(self):
        return self._longitude

    def __composite_values__(self):
        return self._latitude, self._longitude

    def __eq__(self, other):
        if not isinstance(other, Coordinate):
            return NotImplemented
        return self.__composite_values__() == other.__composite_values__()

    def __hash__(self):
        return hash(self.__composite_values__())


class NotBoth(Composite.Comparator):
    def __ne__(self, other):
        return ~self.__eq__(other)


Base = declarative_base()


class Place(Base):
    __tablename__ = "places"

    id = Column(Integer, primary_key=True)
    name = Column(String(200), nullable=False)
    latitude = Column(Float(53))
    longitude = Column(Float(53))
    location = composite(
        Coordinate,
        latitude,
        longitude,
        comparator_factory=NotBoth,
        return_none_on=lambda latitude, longitude: latitude is None or longitude is None,
    )
