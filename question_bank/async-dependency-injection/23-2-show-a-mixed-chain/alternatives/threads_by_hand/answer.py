import asyncio
import time
from collections.abc import AsyncIterator

from fastapi import Depends, FastAPI, HTTPException

app = FastAPI()


async def load_parcel(parcel_id: int) -> dict | None:
    await asyncio.sleep(0.01)
    return {1: {"zone": "north", "kilos": 3}}.get(parcel_id)


def fetch_price(zone: str) -> int:
    time.sleep(0.01)  # an old library: it blocks its thread
    return {"north": 120}[zone]


async def get_parcel(parcel_id: int) -> AsyncIterator[dict]:
    if (parcel := await load_parcel(parcel_id)) is None:
        raise HTTPException(404, "no such parcel")
    yield parcel


class Price:
    async def __call__(self, parcel: dict = Depends(get_parcel)) -> int:
        return await asyncio.to_thread(fetch_price, parcel["zone"])


get_price = Price()


@app.get("/parcels/{parcel_id}/price")
def price(parcel: dict = Depends(get_parcel), cents: int = Depends(get_price)):
    return {"cents": parcel["kilos"] * cents}
