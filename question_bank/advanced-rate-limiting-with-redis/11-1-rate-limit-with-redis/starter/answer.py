import os

from fastapi import FastAPI

REDIS_URL = os.environ["REDIS_URL"]
LIMIT = 5
WINDOW = 2  # seconds

app = FastAPI()


@app.get("/quotes")
async def read_quote() -> dict[str, str]:
    # Limit this route: five requests of a client in any two seconds.
    return {"quote": "Make it work, then make it fair."}


@app.get("/health")
async def health() -> dict[str, str]:
    return {"status": "ok"}
