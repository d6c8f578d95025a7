import json
from contextlib import asynccontextmanager
from functools import cache
from os import environ
from types import MappingProxyType

from fastapi import Depends, FastAPI, HTTPException


@cache
def get_config():
    with open(environ["CONFIG_FILE"], encoding="utf-8") as file:
        return MappingProxyType(dict(**json.load(file)))


@asynccontextmanager
async def lifespan(app):
    get_config.cache_clear()
    get_config()
    try:
        yield
    finally:
        get_config.cache_clear()


app = FastAPI(lifespan=lifespan)


@app.get("/config/{key}")
def read_value(key: str, config=Depends(get_config)):
    missing = object()
    value = config.get(key, missing)
    if value is missing:
        raise HTTPException(404)
    return dict(key=key, value=value)
