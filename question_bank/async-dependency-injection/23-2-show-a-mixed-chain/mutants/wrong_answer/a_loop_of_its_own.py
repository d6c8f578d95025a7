# catches: parcel_is_loaded_on_the_loop
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


def get_parcel(parcel_id: int) -> dict:
    parcel = asyncio.run(load_parcel(parcel_id))
    if parcel is None:
        raise HTTPException(404)
    return parcel


Parcel = Annotated[dict, Depends(get_parcel)]


def get_price(parcel: Parcel) -> int:
    return fetch_price(parcel["zone"])


@app.get("/parcels/{parcel_id}/price")
async def price(parcel: Parcel, price: Annotated[int, Depends(get_price)]) -> dict[str, int]:
    return {"cents": parcel["kilos"] * price}
