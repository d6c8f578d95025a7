# catches: browser_drops_it
import secrets

from fastapi import FastAPI, Response

DAYS_30 = 30 * 24 * 3600

app = FastAPI()


@app.post("/shop/basket", status_code=204)
def new_basket(response: Response) -> None:
    response.set_cookie(
        "basket",
        secrets.token_urlsafe(16),
        max_age=DAYS_30,
        path="/shop",
        secure=True,
        httponly=True,
        samesite="lax",
    )


@app.delete("/shop/basket", status_code=204)
def drop_basket(response: Response) -> None:
    response.delete_cookie("basket")
