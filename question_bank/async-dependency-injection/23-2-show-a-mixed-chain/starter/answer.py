import asyncio
import time

from fastapi import FastAPI

app = FastAPI()


async def load_parcel(parcel_id: int) -> dict | None:
    await asyncio.sleep(0.01)
    return {1: {"zone": "north", "kilos": 3}}.get(parcel_id)


def fetch_price(zone: str) -> int:
    time.sleep(0.01)  # an old library: it blocks its thread
    return {"north": 120}[zone]


# get_parcel, get_price and the route go here
