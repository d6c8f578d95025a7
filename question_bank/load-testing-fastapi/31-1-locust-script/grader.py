"""Checks for 31.1: what visitors ask for, how often, what counts as a failure, what a run says.

A run takes seconds, so the checks that look at the same one share it. It ends after a number of
requests, so that a busy machine changes nothing.
"""

from dataclasses import dataclass
from random import Random
from typing import Any

from greenroom_runner.harness.grading import Answer, Services, check, probe

USERS = 20
REQUESTS = 440
SECONDS = 10  # at most: it takes one where nobody else needs the machine
SESSIONS, PRODUCTS = "POST /sessions", "GET /products"
PAGES, ORDERS = "GET /products/[id]", "POST /sessions/[id]/orders"


@dataclass
class Run:
    """What one run of Locust came to."""

    session: str
    products: list[int]
    exit_code: int
    output: str
    arrived: dict[str, int]
    """How often a method and a path arrived at the service."""
    requests: dict[str, int]
    """How many requests the statistics count under a method and a name."""
    failures: dict[str, int]
    exceptions: list[str]
    waits: list[float]

    def arrived_below(self, start: str) -> dict[str, int]:
        return {path: count for path, count in self.arrived.items() if path.startswith(start)}


RUNS: dict[str, Run] = {}


@probe
def locust(answer, users, requests, seconds):
    """Run the answer as a locustfile until so many requests were made, at most so many seconds.
    Returns exit code, output, statistics, exceptions and waits. A second locustfile, without users
    of its own, notes the last three, and lets users wait for a tenth of what they would.
    """
    import json
    import os
    import subprocess
    import sys
    import tempfile
    from pathlib import Path

    notes = """
import json
import os

import gevent
from locust import TaskSet, events

environments, waits, made = [], [], []


def wait(self, seconds):
    waits.append(seconds)
    gevent.sleep(seconds / 10)


TaskSet._sleep = wait


@events.init.add_listener
def begin(environment, **kwargs):
    environments.append(environment)


@events.request.add_listener
def count(**kwargs):
    made.append(1)
    if len(made) == int(os.environ["REQUESTS"]):
        gevent.spawn(environments[0].runner.quit)


@events.quit.add_listener
def note(**kwargs):
    stats = [
        [entry.method, entry.name, entry.num_requests, entry.num_failures]
        for entry in environments[0].stats.entries.values()
    ]
    exceptions = [each["msg"] for each in environments[0].runner.exceptions.values()]
    with open(os.environ["NOTES"], "w") as file:
        json.dump([stats, exceptions, waits], file)
"""
    folder = Path(tempfile.mkdtemp())
    extra, noted = folder / "notes.py", folder / "notes.json"
    extra.write_text(notes)
    command = [sys.executable, "-m", "locust", "--headless"]
    command += ["--locustfile", f"{answer.__file__},{extra}", "--host", os.environ["TARGET_URL"]]
    command += ["--users", str(users), "--spawn-rate", str(users), "--run-time", f"{seconds}s"]
    surroundings = {**os.environ, "NOTES": str(noted), "REQUESTS": str(requests)}
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=surroundings)
    seen = json.loads(noted.read_text()) if noted.exists() else [[], [], []]
    return [done.returncode, (done.stdout + done.stderr)[-2000:], *seen]


def healthy(services: Services, random: Random) -> tuple[str, list[int]]:
    """Script a service that does what it should."""
    session = f"s{random.randrange(10**6)}"
    products = random.sample(range(1, 10**5), 12)
    services.target("answer", "POST", "/sessions", 201, {"id": session})
    shown = {"products": [{"id": number} for number in products]}
    services.target("answer", "GET", "/products", 200, shown)
    for number in products:
        services.target("answer", "GET", f"/products/{number}", 200, {"id": number, "name": "tea"})
    services.target("answer", "POST", f"/sessions/{session}/orders", 201, {})
    return session, products


def script(scenario: str, services: Services, random: Random) -> tuple[str, list[int]]:
    """Script the service for one scenario."""
    session, products = healthy(services, random)
    orders = f"/sessions/{session}/orders"
    if scenario == "orders fail":
        services.target("answer", "POST", orders, 503, {})
    elif scenario == "wrong replies":
        services.target("answer", "POST", orders, 200, {})
        for number in products:
            services.target("answer", "GET", f"/products/{number}", 200, {"id": number + 10**6})
    elif scenario == "nothing there":
        services.target("answer", "POST", "/sessions", 503, {})
        services.target("answer", "GET", "/products", 200, {"products": []})
    return session, products


def run(scenario: str, answer: Answer, services: Services, random: Random) -> Run:
    """Return the run of a scenario, which takes place when it is first asked for."""
    if scenario not in RUNS:
        session, products = script(scenario, services, random)
        before = services.target("requests")["counts"]
        seen = answer.probe(locust, USERS, REQUESTS, SECONDS)
        code, output, stats, exceptions, waits = seen
        after = services.target("requests")["counts"]
        arrived = {path: count - before.get(path, 0) for path, count in after.items()}
        rows = {f"{row[0]} {row[1]}": row for row in stats}
        RUNS[scenario] = Run(
            session=session,
            products=products,
            exit_code=code,
            output=output,
            arrived={path: count for path, count in arrived.items() if count > 0},
            requests={name: row[2] for name, row in rows.items()},
            failures={name: row[3] for name, row in rows.items()},
            exceptions=exceptions,
            waits=waits,
        )
    made = RUNS[scenario]
    assert sum(made.arrived.values()) > 0, f"Locust should send requests. It said: {made.output}"
    return made


def shares(made: Run) -> dict[str, float]:
    """Return how much of all tasks each of them was: what users begin with does not count."""
    tasks: dict[str, Any] = {
        PRODUCTS: made.arrived.get(PRODUCTS, 0) - USERS,
        PAGES: sum(made.arrived_below("GET /products/").values()),
        ORDERS: sum(made.arrived_below("POST /sessions/").values()),
    }
    total = max(1, sum(tasks.values()))
    return {name: count / total for name, count in tasks.items()}


@check("Each user opens one session", group="visitors", visible=True)
def opens_one_session_each(answer: Answer, services: Services, random: Random) -> None:
    made = run("healthy", answer, services, random)
    assert made.arrived.get(SESSIONS, 0) == USERS, f"{USERS} users, so many sessions."


@check("Users look at products of their list", group="visitors", visible=True)
def visits_products_of_the_list(answer: Answer, services: Services, random: Random) -> None:
    made = run("healthy", answer, services, random)
    assert made.arrived.get(PRODUCTS, 0) >= USERS, "Each user begins with the list of products."
    seen = set(made.arrived_below("GET /products/"))
    known = {f"GET /products/{number}" for number in made.products}
    assert sorted(seen - known) == [], "No page is asked for that was not in the list."
    assert len(seen) > len(known) // 3, "Products are drawn: many of the list are looked at."


@check("Orders go to the user's own session", group="visitors", visible=True)
def orders_with_the_session(answer: Answer, services: Services, random: Random) -> None:
    made = run("healthy", answer, services, random)
    seen = sorted(made.arrived_below("POST /sessions/"))
    assert seen == [f"POST /sessions/{made.session}/orders"], "The id is in the session's reply."


@check("The statistics have one line for each kind of request", group="report", visible=True)
def groups_the_statistics(answer: Answer, services: Services, random: Random) -> None:
    made = run("healthy", answer, services, random)
    wanted = sorted([SESSIONS, PRODUCTS, PAGES, ORDERS])
    assert sorted(made.requests) == wanted, "Method and name of each line."
    assert sum(made.failures.values()) == 0, "The service replied to everything as it should."
    assert made.exit_code == 0, "Nothing failed: the exit code is 0."


@check(
    "Tasks are drawn with the weights 6, 3 and 1",
    group="load",
    hint="What does the number in @task(...) say? And what is drawn from, after on_start?",
)
def draws_by_weight(answer: Answer, services: Services, random: Random) -> None:
    seen = shares(run("healthy", answer, services, random))
    for name, wanted in ((PRODUCTS, 0.6), (PAGES, 0.3), (ORDERS, 0.1)):
        about = f"Of all tasks {name} should be about {wanted:.0%}."
        assert seen[name] > wanted - min(0.15, wanted * 0.8), about
        assert seen[name] < wanted + 0.15, about


@check(
    "Users wait between two tasks",
    group="load",
    hint="How long does a visitor think, and which attribute of the class says so?",
)
def waits_between_tasks(answer: Answer, services: Services, random: Random) -> None:
    made = run("healthy", answer, services, random)
    assert len(made.waits) > USERS, "Each user waits after each task."
    assert min(made.waits) >= 0.1, "Nobody waits for less than 0.1 seconds."
    assert max(made.waits) <= 0.3, "Nobody waits for more than 0.3 seconds."
    assert min(made.waits) < 0.15, "Waits are drawn from all of the range: some are short."
    assert max(made.waits) > 0.25, "Waits are drawn from all of the range: some are long."


@check(
    "Some failures are counted and do not fail the run",
    group="report",
    hint="Which exit code has Locust after a single failure, and who can change that?",
)
def bears_some_failures(answer: Answer, services: Services, random: Random) -> None:
    made = run("orders fail", answer, services, random)
    orders = sum(made.arrived_below("POST /sessions/").values())
    assert orders > 0, "Users order although orders fail."
    assert made.failures.get(ORDERS, 0) > 0, "An order that is answered with 503 is a failure."
    others = {name: count for name, count in made.failures.items() if name != ORDERS and count}
    assert others == {}, "Nothing else has failed."
    assert made.exit_code == 0, "About a tenth of all requests failed: the exit code is 0."


@check(
    "A wrong reply is a failure although its status says success",
    group="report",
    hint="What does Locust look at by itself, and what lets you decide?",
)
def looks_into_replies(answer: Answer, services: Services, random: Random) -> None:
    made = run("wrong replies", answer, services, random)
    for name, about in ((PAGES, "A page about another product"), (ORDERS, "200 in place of 201")):
        assert made.requests.get(name, 0) > 0, f"{name} should be in the statistics."
        assert made.failures.get(name) == made.requests[name], f"{about} is always a failure."
    assert made.failures.get(PRODUCTS) == 0, "The lists were as they should be."


@check(
    "A run with many failures exits with 1",
    group="report",
    hint="What does a pipeline read of your run?",
)
def fails_a_bad_run(answer: Answer, services: Services, random: Random) -> None:
    made = run("wrong replies", answer, services, random)
    assert made.exit_code == 1, "About a third of all requests failed: the exit code is 1."


@check(
    "Without a session nothing is ordered, without products none looked at",
    group="edges",
    hint="What do the tasks do when the first two requests brought nothing?",
)
def does_without_what_is_missing(answer: Answer, services: Services, random: Random) -> None:
    made = run("nothing there", answer, services, random)
    assert sorted(made.arrived) == [PRODUCTS, SESSIONS], "Nothing else can be asked for."
    assert made.exceptions == [], "No task ends with an exception."
    assert made.arrived[SESSIONS] == USERS, "A session is asked for once, at the beginning."
    assert made.failures.get(SESSIONS) == USERS, "A session that was refused is a failure."
    assert made.arrived[PRODUCTS] > 2 * USERS, "Users look at the list again and again."
