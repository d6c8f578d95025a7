# catches: next_start_reads_again
import json
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from fastapi import FastAPI, HTTPException, Request


CONFIG: dict[str, Any] = {}


def load_config() -> dict[str, Any]:
    config = json.loads(Path(os.environ["CONFIG_FILE"]).read_text(encoding="utf-8"))
    if not isinstance(config, dict):
        raise ValueError("The configuration is not a JSON object.")
    return config


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    CONFIG.update(load_config())
    yield


app = FastAPI(lifespan=lifespan)


@app.get("/config/{key}")
def read_value(key: str, request: Request) -> dict[str, Any]:
    config = CONFIG
    if key not in config:
        raise HTTPException(404, "There is no such key.")
    return {"key": key, "value": config[key]}
