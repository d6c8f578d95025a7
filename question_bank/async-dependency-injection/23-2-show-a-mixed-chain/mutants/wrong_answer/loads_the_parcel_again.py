# catches: each_is_called_once, overrides_are_used
import asyncio
import time
from typing import Annotated

from fastapi import Depends, FastAPI, HTTPException

app = FastAPI()


async def load_parcel(parcel_id: int) -> dict | None:
    await asyncio.sleep(0.01)
    return {1: {"zone": "north", "kilos": 3}}.get(parcel_id)


def fetch_price(zone: str) -> int:
    time.sleep(0.01)  # an old library: it blocks its thread
    return {"north": 120}[zone]


async def get_parcel(parcel_id: int) -> dict:
    parcel = await load_parcel(parcel_id)
    if parcel is None:
        raise HTTPException(404)
    return parcel


Parcel = Annotated[dict, Depends(get_parcel)]


async def get_price(parcel_id: int) -> int:
    parcel = await get_parcel(parcel_id)
    return await asyncio.to_thread(fetch_price, parcel["zone"])


@app.get("/parcels/{parcel_id}/price")
async def price(parcel: Parcel, price: Annotated[int, Depends(get_price)]) -> dict[str, int]:
    return {"cents": parcel["kilos"] * price}
