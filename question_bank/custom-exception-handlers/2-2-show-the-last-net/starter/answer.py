import logging

from fastapi import FastAPI, HTTPException

log = logging.getLogger("hotel")
app = FastAPI()


@app.get("/shares/{guests}")
def share(guests: int) -> dict[str, float]:
    if guests > 9:
        raise HTTPException(404, "No room is that large.")
    return {"each": 360 / guests}  # nobody thought of zero


# the last net goes here
