# catches: file_may_be_gone, file_is_opened_once, change_does_not_show, next_start_reads_again
# catches: any_value_is_served, no_file_no_start, broken_file_no_start, no_object_no_start
import json
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import cache
from pathlib import Path
from typing import Any

from fastapi import FastAPI, HTTPException, Request


@cache
def load_config() -> dict[str, Any]:
    config = json.loads(Path(os.environ["CONFIG_FILE"]).read_text(encoding="utf-8"))
    if not isinstance(config, dict):
        raise ValueError("The configuration is not a JSON object.")
    return config


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    yield


app = FastAPI(lifespan=lifespan)


@app.get("/config/{key}")
def read_value(key: str, request: Request) -> dict[str, Any]:
    config = load_config()
    if key not in config:
        raise HTTPException(404, "There is no such key.")
    return {"key": key, "value": config[key]}
