import os

from celery import Celery, Task
from celery.result import AsyncResult
from fastapi import APIRouter, Body, FastAPI, status
from fastapi.responses import JSONResponse


class OrdersExport(Task):
    name = "exports.orders"
    acks_late = True
    reject_on_worker_lost = True

    def run(self, customer, rows):
        return {"customer": customer, "lines": [self.line(row) for row in rows]}

    @staticmethod
    def line(row):
        if len(row) == 0:
            raise ValueError(row)
        return ",".join(str(value) for value in row)


celery_app = Celery(
    broker=os.environ["CELERY_BROKER_URL"], backend=os.environ["CELERY_RESULT_BACKEND"]
)
export_orders = celery_app.register_task(OrdersExport())
router = APIRouter(prefix="/exports")


@router.post("")
def start(customer: int = Body(), rows: list[list[int | float | str]] = Body()):
    result = export_orders.apply_async(kwargs={"customer": customer, "rows": rows})
    return JSONResponse(
        {"id": result.task_id},
        status_code=status.HTTP_202_ACCEPTED,
        headers={"location": f"/exports/{result.task_id}"},
    )


@router.get("/{task_id}")
def show(task_id: str):
    result = AsyncResult(task_id, app=celery_app)
    if not result.ready():
        return {"id": task_id, "status": "waiting", "result": None}
    if result.failed():
        return {"id": task_id, "status": "failed", "result": None}
    return {"id": task_id, "status": "done", "result": result.get()}


app = FastAPI()
app.include_router(router)
