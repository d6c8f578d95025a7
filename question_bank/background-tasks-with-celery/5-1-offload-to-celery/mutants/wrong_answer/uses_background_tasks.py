# catches: is_made, request_hands_over, exports_are_told_apart, sizes_do_not_matter
# catches: failures_are_told
"""Exports of orders, made by a worker."""

from typing import Any
from uuid import uuid4

from celery import Celery
from fastapi import BackgroundTasks, FastAPI, Response
from pydantic import BaseModel

celery_app = Celery("shop")
celery_app.conf.update(task_acks_late=True, task_reject_on_worker_lost=True)
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
def start_export(order: Order, response: Response, later: BackgroundTasks) -> Receipt:
    key = str(uuid4())
    later.add_task(export_orders, order.customer, order.rows)
    response.headers["Location"] = f"/exports/{key}"
    return Receipt(id=key)


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
