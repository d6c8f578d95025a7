import json
import os

from fastapi import FastAPI, HTTPException

app = FastAPI()


@app.get("/config/{key}")
def read_value(key: str) -> dict[str, object]:
    with open(os.environ["CONFIG_FILE"], encoding="utf-8") as file:
        config = json.load(file)
    if key not in config:
        raise HTTPException(404, "There is no such key.")
    return {"key": key, "value": config[key]}
