"""Checks for 5.1: work is handed over, done by a worker, and told as it stands."""

import json
from random import Random
from typing import Any

from greenroom_runner.harness.grading import Answer, Reply, Services, check, probe


@probe
def the_task(answer):
    """Return the answer's task, also where it has another name."""
    tasks = answer.celery_app.tasks
    own = [name for name in tasks if not name.startswith("celery.")]
    return tasks["exports.orders" if "exports.orders" in own else own[0]]


@probe
def acknowledgement(answer):
    """Return when the task is acknowledged, and whether it is given back."""
    task = the_task(answer)
    return {"late": bool(task.acks_late), "given_back": bool(task.reject_on_worker_lost)}


@probe
def watch(answer):
    """Note from now on what of the task happens in this process."""
    from celery.result import AsyncResult

    task = the_task(answer)
    seen, run, ready, get = [], task.run, AsyncResult.ready, AsyncResult.get

    def noting(what, function):
        return lambda *args, **kwargs: (seen.append(what), function(*args, **kwargs))[1]

    task.run = noting("ran", run)
    AsyncResult.ready = noting("waited", ready)
    AsyncResult.get = AsyncResult.wait = noting("waited", get)

    def stop():
        task.run, AsyncResult.ready, AsyncResult.get, AsyncResult.wait = run, ready, get, get
        return seen

    answer.stop_watching = stop


@probe
def watched(answer):
    """Return what was noted, and note no more."""
    return sorted(set(answer.stop_watching()))


def some_order(random: Random, rows: int = 3) -> dict[str, Any]:
    """Return an order whose rows hold texts and numbers."""
    made = [[f"item{random.randrange(1000)}", random.randrange(1, 10)] for _ in range(rows)]
    return {"customer": random.randrange(1, 10**6), "rows": made}


def lines(order: dict[str, Any]) -> list[str]:
    return [f"{name},{count}" for name, count in order["rows"]]


def sent(answer: Answer, order: dict[str, Any]) -> str:
    """Hand an order in and return the export's id."""
    reply = answer.http.post("/exports", json=order)
    assert reply.status in (200, 201, 202), "A good order is taken on."
    return str(reply.json()["id"])


def ended(answer: Answer, services: Services, export: str) -> Reply:
    """Wait until the worker has nothing to do, and return how the export stands."""
    assert services.celery("wait_idle", 10) is True, "The worker should come to the task's end."
    return answer.http.get(f"/exports/{export}")


@check("An export is taken on with 202, its id and where to ask", group="basics", visible=True)
def is_taken_on(answer: Answer, random: Random) -> None:
    reply = answer.http.post("/exports", json=some_order(random))
    assert reply.status == 202, "Taken on, and not done yet."
    export = reply.json().get("id")
    assert isinstance(export, str)
    assert reply.headers.get("location") == f"/exports/{export}", "Location names where to ask."


@check("A worker makes the export, and its result is shown", group="basics", visible=True)
def is_made(answer: Answer, services: Services, random: Random) -> None:
    order = some_order(random)
    export = sent(answer, order)
    made = {"customer": order["customer"], "lines": lines(order)}
    assert ended(answer, services, export).json() == {
        "id": export,
        "status": "done",
        "result": made,
    }, "Done, with what the task returned."


@check("The task has the promised name", group="basics", visible=True)
def task_has_its_name(answer: Answer, services: Services) -> None:
    assert "exports.orders" in services.celery("state")["tasks"], "The worker should know it."


@check("A body that does not validate sends no task", group="basics", visible=True)
def bad_bodies_send_nothing(answer: Answer, services: Services) -> None:
    before = results(services)
    for body in ({"customer": 1}, {"rows": []}, {"customer": "nobody", "rows": []}):
        reply = answer.http.post("/exports", json=body)
        assert reply.status == 422, f"{body} is no order."
    assert services.celery("wait_idle", 5) is True, "The worker should have nothing to do."
    assert results(services) == before, "No task should have been sent."


def results(services: Services) -> list[str]:
    """Return the keys of all results in the backend."""
    return sorted(services.redis("KEYS", "celery-task-meta-*"))


@check(
    "The request neither runs the task nor waits for it",
    group="hand-over",
    hint="Whose time does the export take?",
)
def request_hands_over(answer: Answer, services: Services, random: Random) -> None:
    answer.probe(watch)
    sent(answer, some_order(random))
    assert answer.probe(watched) == [], "The task was run, or waited for, by the endpoint."
    assert services.celery("wait_idle", 10) is True, "The worker should come to the task's end."


@check(
    "Two exports have two ids and their own results",
    group="hand-over",
    hint="Which task does an id belong to?",
)
def exports_are_told_apart(answer: Answer, services: Services, random: Random) -> None:
    first, second = some_order(random), some_order(random, rows=5)
    ids = [sent(answer, first), sent(answer, second)]
    assert len(set(ids)) == len(ids), "Two exports have two ids."
    shown = [ended(answer, services, export).json()["result"]["lines"] for export in ids]
    assert shown == [lines(first), lines(second)], "Each shows its own lines."


@check(
    "An order without rows and one with many are made",
    group="task",
    hint="What are no lines at all?",
)
def sizes_do_not_matter(answer: Answer, services: Services, random: Random) -> None:
    for rows in (0, 400):
        order = some_order(random, rows)
        made = ended(answer, services, sent(answer, order)).json()
        assert made["status"] == "done", f"An order of {rows} rows is made."
        assert made["result"]["lines"] == lines(order), f"The lines of {rows} rows."


@check(
    "A task that fails is shown as failed, without its reason",
    group="status",
    hint="What does the backend keep as the result of a failed task?",
)
def failures_are_told(answer: Answer, services: Services, random: Random) -> None:
    order = some_order(random)
    order["rows"].insert(1, [])
    export = sent(answer, order)
    reply = ended(answer, services, export)
    assert reply.status == 200, "How an export stands can always be asked."
    assert reply.json() == {"id": export, "status": "failed", "result": None}, "An empty row fails."


@check(
    "A task that runs, or will be tried again, is still waiting",
    group="status",
    hint="Celery knows more states than three.",
)
def running_is_waiting(answer: Answer, services: Services, random: Random) -> None:
    export = sent(answer, some_order(random))
    assert services.celery("wait_idle", 10) is True, "The worker should come to the task's end."
    for state in ("STARTED", "RETRY"):
        kept = {"status": state, "result": None, "traceback": None, "children": []}
        kept |= {"date_done": None, "task_id": export}
        services.redis("SET", f"celery-task-meta-{export}", json.dumps(kept))
        shown = answer.http.get(f"/exports/{export}").json()
        assert shown == {"id": export, "status": "waiting", "result": None}, f"In state {state}."


@check(
    "A task outlives its worker",
    group="task",
    hint="When is a message acknowledged, and what becomes of it when the process is killed?",
)
def tasks_are_given_back(answer: Answer) -> None:
    assert answer.probe(acknowledgement) == {"late": True, "given_back": True}, (
        "Acknowledged after it ran, and given back when the worker is lost."
    )
