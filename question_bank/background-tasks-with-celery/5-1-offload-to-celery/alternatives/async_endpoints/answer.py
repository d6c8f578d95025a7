from typing import Annotated, Literal, TypedDict

from celery import Celery, shared_task, states
from fastapi import Depends, FastAPI, Response
from fastapi.concurrency import run_in_threadpool
from pydantic import BaseModel

celery_app = Celery("exports", task_cls="celery.app.task:Task")
celery_app.set_default()


class Made(TypedDict):
    customer: int
    lines: list[str]


@shared_task(name="exports.orders", acks_late=True, reject_on_worker_lost=True)
def export_orders(customer, rows) -> Made:
    lines = []
    for row in rows:
        if not row:
            raise ValueError("empty")
        lines.append(",".join(f"{cell}" for cell in row))
    return Made(customer=customer, lines=lines)


class Wanted(BaseModel):
    customer: int
    rows: list[list[int | float | str]]


class Shown(BaseModel):
    id: str
    status: Literal["waiting", "done", "failed"] = "waiting"
    result: Made | None = None


class Exports:
    async def send(self, wanted: Wanted) -> str:
        sent = await run_in_threadpool(export_orders.delay, **wanted.model_dump())
        return str(sent)

    async def look(self, key: str) -> Shown:
        meta = await run_in_threadpool(celery_app.backend.get_task_meta, key)
        match meta["status"]:
            case states.SUCCESS:
                return Shown(id=key, status="done", result=meta["result"])
            case states.FAILURE | states.REVOKED:
                return Shown(id=key, status="failed")
            case _:
                return Shown(id=key)


app = FastAPI()
Service = Annotated[Exports, Depends()]


@app.post("/exports", status_code=202)
async def post(wanted: Wanted, exports: Service, response: Response):
    key = await exports.send(wanted)
    response.headers["location"] = app.url_path_for("get", key=key)
    return {"id": key}


@app.get("/exports/{key}")
async def get(key: str, exports: Service) -> Shown:
    return await exports.look(key)
