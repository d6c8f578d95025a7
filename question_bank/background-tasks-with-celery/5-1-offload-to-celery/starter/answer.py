"""Exports of orders, made by a worker."""

from celery import Celery
from fastapi import FastAPI

celery_app = Celery("shop")
app = FastAPI()


@app.post("/exports", status_code=202)
def start_export() -> dict[str, str]:
    raise NotImplementedError


@app.get("/exports/{export_id}")
def read_export(export_id: str) -> dict[str, object]:
    raise NotImplementedError
