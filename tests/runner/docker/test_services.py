"""Tiny questions whose answers use what runs beside them, judged as production judges them."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import pytest

from greenroom_runner.events import Event
from greenroom_runner.limits import Limits
from tests.support.agents import Agent, result_of, run_request, running_agent

HEAD = "from greenroom_runner.harness.grading import Answer, ServiceError, Services, check, probe\n"
LIMITS = Limits(check_seconds=20, total_seconds=60)


@dataclass(frozen=True)
class Question:
    """A tiny question: its right answer, its grader, and what runs beside."""

    services: tuple[str, ...]
    profile: str
    answer: str
    grader: str
    fresh: bool = True


MAIL = Question(
    ("mail",),
    "pydantic",
    """
import os, smtplib
from email.message import EmailMessage

def invite(address):
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "us@x.org", address, "Come"
    message.set_content("Tomorrow.")
    with smtplib.SMTP(os.environ["SMTP_HOST"], int(os.environ["SMTP_PORT"])) as server:
        server.send_message(message)
""",
    """
@check("Invites by mail")
def invites(answer: Answer, services: Services) -> None:
    answer.call("invite", "ada@x.org")
    [found] = services.mail("messages")
    assert found["to"] == ["ada@x.org"], "Ada should be invited."
    assert found["subject"] == "Come", "She should know what for."


@check("Begins with an empty mailbox")
def begins_empty(services: Services) -> None:
    assert services.mail("messages") == [], "Nobody was invited yet."
""",
)
OTLP = Question(
    ("otlp",),
    "fastapi",
    """
from fastapi import FastAPI
from opentelemetry import trace
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.instrumentation.fastapi import FastAPIInstrumentor
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor

trace.set_tracer_provider(TracerProvider())
trace.get_tracer_provider().add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
app = FastAPI()
FastAPIInstrumentor.instrument_app(app)

@app.get("/items/{number}")
def item(number: int):
    with trace.get_tracer("shop").start_as_current_span("look up") as span:
        span.set_attribute("number", number)
    return number
""",
    """
@check("Traces a request")
def traces(answer: Answer, services: Services) -> None:
    assert services.otlp("spans") == [], "Nothing was requested yet."
    answer.http.get("/items/7")
    services.otlp("wait", 2, 10)
    found = {span["name"]: span for span in services.otlp("spans")}
    assert found["look up"]["attributes"] == {"number": 7}, "The span should say which one."
    outer = found["GET /items/{number}"]["trace_id"]
    assert found["look up"]["trace_id"] == outer, "Both spans should belong to the request."


@check("Traces another request")
def traces_again(answer: Answer, services: Services) -> None:
    traces(answer, services)
""",
)
KAFKA = Question(
    ("kafka",),
    "everything",
    """
import asyncio, os
from contextlib import asynccontextmanager
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from confluent_kafka import Producer
from fastapi import FastAPI

SERVERS = os.environ["KAFKA_BOOTSTRAP_SERVERS"]
seen = []

async def read():
    options = {"group_id": "shop", "auto_offset_reset": "earliest"}
    async with AIOKafkaConsumer("paid", bootstrap_servers=SERVERS, **options) as consumer:
        async for message in consumer:
            seen.append(message.value.decode())
            await consumer.commit()

@asynccontextmanager
async def lifespan(app):
    async with AIOKafkaProducer(bootstrap_servers=SERVERS) as app.state.producer:
        task = asyncio.create_task(read())
        yield
        task.cancel()

app = FastAPI(lifespan=lifespan)

@app.post("/orders/{number}")
async def order(number: str):
    await app.state.producer.send_and_wait("orders", b"new", key=number.encode())

@app.get("/paid")
async def paid():
    while not seen:
        await asyncio.sleep(0.01)
    return seen

def cancel(number):
    producer = Producer({"bootstrap.servers": SERVERS})
    producer.produce("orders", b"cancelled", key=number.encode())
    producer.flush()
""",
    """
@check("Publishes an order")
def publishes(answer: Answer, services: Services) -> None:
    services.kafka("create", "orders", 1)
    answer.http.post("/orders/7")
    answer.call("cancel", "7")
    found = [(each["key"], each["value"]) for each in services.kafka("records", "orders")]
    assert found == [("7", "new"), ("7", "cancelled")], "Both should be published."


@check("Reads what was paid")
def reads(answer: Answer, services: Services) -> None:
    assert services.kafka("records", "orders") == [], "Nothing was ordered yet."
    services.kafka("create", "paid", 1)
    services.kafka("send", "paid", None, "7")
    assert answer.http.get("/paid").json() == ["7"], "It should have read one."


@check("Reads again as the same group")
def reads_again(answer: Answer, services: Services) -> None:
    reads(answer, services)
""",
)
CELERY = Question(
    ("celery",),
    "everything",
    """
from celery import Celery
from fastapi import FastAPI

celery_app = Celery("shop")
app = FastAPI()

@celery_app.task
def pay(number):
    print("paying", number)
    return f"paid {number}"

@app.post("/orders/{number}")
def order(number: int):
    return pay.delay(number).id

@app.get("/results/{key}")
def result(key: str):
    return celery_app.AsyncResult(key).get(timeout=10)
""",
    """
@check("Pays behind the request")
def pays(answer: Answer, services: Services) -> None:
    key = answer.http.post("/orders/7").json()
    assert services.celery("wait_idle", 10) is True, "The task should come to an end."
    assert answer.http.get(f"/results/{key}").json() == "paid 7", "Order 7 should be paid."
    assert "paying 7" in services.celery("state")["log"], "The worker should have paid."


@check("Pays again")
def pays_again(answer: Answer, services: Services) -> None:
    if services.celery("state")["log"]:
        raise AssertionError("It is the same worker.")
    pays(answer, services)
""",
)
TARGET = Question(
    ("target",),
    "pydantic",
    """
from locust import HttpUser, constant, task

class Shopper(HttpUser):
    wait_time = constant(0.01)

    @task(3)
    def look(self):
        self.client.get("/items")

    @task
    def buy(self):
        self.client.post("/orders", json={"item": 1})
""",
    """
@probe
def load(answer, users):
    import os, subprocess, sys

    command = [sys.executable, "-m", "locust", "--headless", "--locustfile", answer.__file__]
    options = ["--users", str(users), "--spawn-rate", str(users), "--run-time", "2s"]
    done = subprocess.run(
        [*command, *options, "--host", os.environ["TARGET_URL"], "--only-summary"],
        capture_output=True,
        text=True,
    )
    return [done.returncode, done.stderr[-2000:]]


@check("Loads what it should")
def loads(answer: Answer, services: Services) -> None:
    services.target("answer", "POST", "/orders", 201, {"number": 7})
    assert answer.probe(load, 20)[0] == 0, "Locust should succeed."
    counts = services.target("requests")["counts"]
    assert sorted(counts) == ["GET /items", "POST /orders"], "It should look and buy."
    assert counts["GET /items"] > counts["POST /orders"], "It should look more than buy."
""",
)
QUESTIONS = [MAIL, OTLP, KAFKA, CELERY, TARGET]
SHARED = """
@check("Pays once")
def pays_once(answer: Answer, services: Services) -> None:
    answer.http.post("/orders/7")
    assert services.celery("wait_idle", 10) is True, "The task should come to an end."


@check("Pays with the worker that paid before")
def pays_with_the_same(services: Services) -> None:
    assert services.celery("state")["log"] == "paying 7", "It should have paid before."
"""
ALL = ("mail", "otlp", "kafka", "target", "celery")
UNREADABLE = """
@probe
def looked(answer):
    import os

    others = {int(name) for name in os.listdir("/proc") if name.isdigit()}
    others -= {os.getpid(), os.getppid()}
    found = []
    for pid in others:
        for file in ("mem", "environ", "maps", "fd"):
            try:
                os.listdir(f"/proc/{pid}/{file}") if file == "fd" else open(f"/proc/{pid}/{file}")
                found.append(pid)
            except OSError:
                pass
    return [len(others), found]


@check("Finds nothing to read in the services")
def finds_nothing(answer: Answer, services: Services) -> None:
    count, found = answer.probe(looked)
    assert found == [], "No process should be open to it."
    assert count >= 5, "There should be some."
"""
KILLER = """
import os, signal

def kill():
    me, parent = os.getpid(), os.getppid()
    for name in os.listdir("/proc"):
        if name.isdigit() and int(name) not in (1, me, parent):
            try:
                os.kill(int(name), signal.SIGKILL)
            except OSError:
                pass

from celery import Celery
app = Celery("shop")
"""
KILLED = """
WAYS = {
    "mail": ["messages"],
    "otlp": ["spans"],
    "kafka": ["records", "orders"],
    "target": ["requests"],
    "celery": ["state"],
}


def asked(services: Services) -> list[str]:
    told = []
    for name, way in WAYS.items():
        try:
            getattr(services, name)(*way)
        except ServiceError as problem:
            told.append(str(problem))
    return told


@check("Kills what runs beside it")
def kills(answer: Answer, services: Services) -> None:
    answer.call("kill")
    expected = [f"The {name} service ended: it was sent more than it can take." for name in WAYS]
    assert asked(services) == expected, "All should be gone."


@check("Finds everything again")
def finds_again(services: Services) -> None:
    assert asked(services) == [], "All should be back."
"""


@pytest.fixture(scope="module")
def agent(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Agent]:
    with running_agent(tmp_path_factory.mktemp("agent"), "docker") as agent:
        yield agent


def judged(agent: Agent, question: Question) -> list[Event]:
    request = run_request(
        HEAD + question.grader,
        {"answer.py": question.answer},
        services=question.services,
        profile=question.profile,
        fresh=question.fresh,
        limits=LIMITS,
        reveal_hidden=True,
    )
    return list(agent.client.run(request))


def told(events: list[Event]) -> str:
    """What came of it, for whoever reads the failure of a test."""
    return "\n".join(str(event.model_dump(exclude_defaults=True)) for event in events)


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda question: question.services[0])
def test_a_right_answer_is_accepted(agent: Agent, question: Question) -> None:
    events = judged(agent, question)
    assert result_of(events).verdict == "accepted", told(events)


def test_checks_that_share_a_process_share_a_worker(agent: Agent) -> None:
    events = judged(agent, replace(CELERY, grader=SHARED, fresh=False))
    assert result_of(events).verdict == "accepted", told(events)


def test_an_answer_without_an_app_is_told_so_before_any_check(agent: Agent) -> None:
    events = judged(agent, replace(CELERY, answer="application = 1\n"))
    found = result_of(events)
    expected = "The answer has no Celery app. Call it celery_app, celery or app."
    assert (found.verdict, found.message) == ("runtime_error", expected), told(events)


def test_services_that_an_answer_kills_are_there_for_the_next_check(agent: Agent) -> None:
    events = judged(agent, Question(ALL, "pydantic", KILLER, KILLED))
    assert result_of(events).verdict == "accepted", told(events)
