from contextlib import asynccontextmanager
from typing import Annotated, Any

import anyio
from fastapi import APIRouter, Depends, FastAPI, Request, Response
from pydantic import BaseModel, FilePath, TypeAdapter
from pydantic_settings import BaseSettings


class Settings(BaseSettings):
    config_file: FilePath


class Entry(BaseModel):
    key: str
    value: Any


@asynccontextmanager
async def configured(_app):
    text = await anyio.Path(Settings().config_file).read_bytes()
    yield {"config": TypeAdapter(dict[str, Any]).validate_json(text)}


def current_config(request: Request) -> dict[str, Any]:
    return request.state.config


router = APIRouter()


@router.get("/config/{key}", response_model=Entry)
async def show(key: str, config: Annotated[dict[str, Any], Depends(current_config)]):
    return Entry(key=key, value=config[key]) if key in config else Response(status_code=404)


app = FastAPI(lifespan=configured)
app.include_router(router)
