# catches: body_errors_have_the_shape, nested_fields_have_their_path, query_and_path_are_told_apart
# catches: every_error_is_told, broken_json_is_the_body, missing_body_is_the_body
# catches: custom_validator_is_no_500, nothing_sent_comes_back
from typing import Any

from fastapi import FastAPI, HTTPException, Query, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
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


def entry(error: dict[str, Any]) -> dict[str, str]:
    place, *path = error["loc"]
    if error["type"] == "json_invalid":
        path = []
    return {"in": place, "field": ".".join(map(str, path)), "message": error["msg"]}


@app.exception_handler(RequestValidationError)
async def validation_failed(request: Request, exc: RequestValidationError) -> JSONResponse:
    return JSONResponse(
        {
            "type": "about:blank",
            "title": "Validation failed",
            "status": 422,
            "errors": [entry(error) for error in exc.errors()],
        },
        status_code=400,
        media_type="application/problem+json",
    )
