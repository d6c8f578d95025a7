# catches: serves_a_value, unknown_key_is_404, change_does_not_show, file_may_be_gone
# catches: file_is_opened_once, next_start_reads_again, any_value_is_served, only_keys_of_the_file
import json
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from fastapi import FastAPI, HTTPException, Request


CONFIG_FILE = Path(os.environ.get("CONFIG_FILE", "config.json"))


def load_config() -> dict[str, Any]:
    config = json.loads(CONFIG_FILE.read_text(encoding="utf-8"))
    if not isinstance(config, dict):
        raise ValueError("The configuration is not a JSON object.")
    return config


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    app.state.config = load_config()
    yield


app = FastAPI(lifespan=lifespan)


@app.get("/config/{key}")
def read_value(key: str, request: Request) -> dict[str, Any]:
    config = request.app.state.config
    if key not in config:
        raise HTTPException(404, "There is no such key.")
    return {"key": key, "value": config[key]}
