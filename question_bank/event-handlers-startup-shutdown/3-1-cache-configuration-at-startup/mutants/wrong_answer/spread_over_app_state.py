# catches: only_keys_of_the_file, next_start_reads_again
import json
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from fastapi import FastAPI, HTTPException, Request


def load_config() -> dict[str, Any]:
    config = json.loads(Path(os.environ["CONFIG_FILE"]).read_text(encoding="utf-8"))
    if not isinstance(config, dict):
        raise ValueError("The configuration is not a JSON object.")
    return config


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    for key, value in load_config().items():
        setattr(app.state, key, value)
    yield


app = FastAPI(lifespan=lifespan)


@app.get("/config/{key}")
def read_value(key: str, request: Request) -> dict[str, Any]:
    state = request.app.state
    if not hasattr(state, key):
        raise HTTPException(404, "There is no such key.")
    return {"key": key, "value": getattr(state, key)}
