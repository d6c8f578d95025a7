import json
import os

from fastapi import FastAPI, HTTPException

app = FastAPI()
CONFIG = {}


@app.on_event("startup")
async def fill_the_cache():
    with open(os.environ["CONFIG_FILE"], "rb") as file:
        loaded = json.load(file)
    if type(loaded) is not dict:
        raise SystemExit("CONFIG_FILE must hold an object")
    CONFIG.clear()
    CONFIG.update(loaded)


@app.get("/config/{key}")
async def read_value(key: str):
    try:
        return {"key": key, "value": CONFIG[key]}
    except KeyError:
        raise HTTPException(status_code=404) from None
