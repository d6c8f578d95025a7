# catches: tasks_are_given_back
"""Exports of orders, made by a worker."""

from typing import Any

from celery import Celery
from fastapi import FastAPI, Response
from pydantic import BaseModel

celery_app = Celery("shop")
app = FastAPI()

STATUSES = {"SUCCESS": "done", "FAILURE": "failed", "REVOKED": "failed"}


class Order(BaseModel):
    customer: int
    rows: list[list[str | int | float]]


class Receipt(BaseModel):
    id: str


class Export(BaseModel):
    id: str
    status: str
    result: dict[str, Any] | None = None


@celery_app.task(name="exports.orders")
def export_orders(customer: int, rows: list[list[str | int | float]]) -> dict[str, Any]:
    if not all(rows):
        raise ValueError("a row is empty")
    return {"customer": customer, "lines": [",".join(map(str, row)) for row in rows]}


@app.post("/exports", status_code=202)
def start_export(order: Order, response: Response) -> Receipt:
    sent = export_orders.delay(order.customer, order.rows)
    response.headers["Location"] = f"/exports/{sent.id}"
    return Receipt(id=sent.id)


@app.get("/exports/{export_id}")
def read_export(export_id: str) -> Export:
    task = celery_app.AsyncResult(export_id)
    state = task.state
    done = state == "SUCCESS"
    return Export(
        id=export_id,
        status=STATUSES.get(state, "waiting"),
        result=task.result if done else None,
    )
