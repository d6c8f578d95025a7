from fastapi import FastAPI, HTTPException, Query, Request, Response
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, Field, field_validator

app = FastAPI()


class Line(BaseModel):
    sku: str
    quantity: int = Field(ge=1, le=100)

    @field_validator("sku")
    @classmethod
    def sku_has_a_dash(cls, value: str) -> str:
        if "-" not in value:
            raise ValueError("a SKU has a dash")
        return value


class Order(BaseModel):
    customer: str = Field(min_length=1, max_length=20)
    lines: list[Line]


@app.post("/orders", status_code=201)
def create_order(order: Order) -> Order:
    return order


@app.get("/orders")
def list_orders(limit: int = Query(10, ge=1, le=50)) -> dict[str, int]:
    return {"limit": limit}


@app.get("/orders/{order_id}")
def read_order(order_id: int) -> Order:
    if order_id == 500:
        return Order(customer="", lines=[])  # our own fault
    raise HTTPException(404, f"There is no order {order_id}.")


class Fault(BaseModel):
    place: str = Field(serialization_alias="in")
    field: str
    message: str


class Problem(BaseModel):
    type: str = "about:blank"
    title: str = "Validation failed"
    status: int = 422
    errors: list[Fault]


class ProblemResponse(Response):
    media_type = "application/problem+json"


def explain(exc: RequestValidationError) -> Problem:
    faults = []
    for error in exc.errors():
        location = [str(part) for part in error["loc"]]
        inside = [] if error["type"].startswith("json_") else location[1:]
        faults.append(Fault(place=location[0], field=".".join(inside), message=error["msg"].strip()))
    return Problem(errors=faults)


def on_invalid_request(_: Request, exc: RequestValidationError) -> Response:
    problem = explain(exc)
    return ProblemResponse(problem.model_dump_json(by_alias=True), status_code=problem.status)


app.add_exception_handler(RequestValidationError, on_invalid_request)
