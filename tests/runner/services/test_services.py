"""Answers with real services beside them, judged in containers and in local processes."""

import textwrap
from collections.abc import Iterator

import pytest

from greenroom.judging.service import Result
from tests.support.agents import Agent, result_of, run_request, running_agent

HEAD = "from greenroom_runner.harness.grading import check, probe\n"


@pytest.fixture(scope="module", params=["docker", "local"])
def agent(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Agent]:
    with running_agent(tmp_path_factory.mktemp("agent"), request.param) as agent:
        yield agent


def judged(agent: Agent, answer: str, grader: str, *services: str, **changes: object) -> Result:
    files = {"answer.py": textwrap.dedent(answer)}
    source = HEAD + textwrap.dedent(grader)
    asked = {"services": services, "profile": "sqlalchemy", "reveal_hidden": True, **changes}
    return result_of(list(agent.client.run(run_request(source, files, **asked))))


def outcomes(result: Result) -> list[tuple[str, str]]:
    return [(str(check["status"]), str(check.get("message") or "")) for check in result.checks]


QUEUE = """
    import os
    import threading

    import psycopg

    with psycopg.connect(autocommit=True) as connection:
        connection.execute("CREATE TABLE jobs (id serial PRIMARY KEY, name text UNIQUE)")

    def add(name):
        with psycopg.connect() as connection:
            connection.execute("INSERT INTO jobs (name) VALUES (%s)", [name])

    def take_both():
        query = "SELECT name FROM jobs ORDER BY id LIMIT 1 FOR UPDATE SKIP LOCKED"
        with psycopg.connect() as first, psycopg.connect() as second:
            return [one.execute(query).fetchone()[0] for one in (first, second)]

    def hear(channel):
        with psycopg.connect(autocommit=True) as listener:
            listener.execute(f"LISTEN {channel}")
            with psycopg.connect(autocommit=True) as speaker:
                speaker.execute(f"NOTIFY {channel}, 'news'")
            return [notify.payload for notify in listener.notifies(timeout=5, stop_after=1)]
"""
ASKS_THE_QUEUE = """
    @check("Refuses a name twice", visible=True)
    def refuses_a_name_twice(answer, services):
        answer.call("add", "one")
        try:
            answer.call("add", "one")
        except Exception as error:
            assert error.is_a("UniqueViolation"), "The database should refuse it."
        assert services.postgres("SELECT name FROM jobs") == [("one",)], "It should be there once."

    @check("Takes two different jobs", visible=True)
    def takes_two_different_jobs(answer, services):
        services.postgres("INSERT INTO jobs (name) VALUES ('a'), (%s)", "b")
        assert answer.call("take_both") == ["a", "b"], "Each should get its own."

    @check("Hears what is said", visible=True)
    def hears_what_is_said(answer, services):
        assert answer.call("hear", "doors") == ["news"], "It should hear the news."
        assert services.postgres("SELECT name FROM jobs") == [], "No check sees another one's."
"""


def test_postgresql_is_a_real_one(agent: Agent) -> None:
    result = judged(agent, QUEUE, ASKS_THE_QUEUE, "postgres")
    assert result.verdict == "accepted", outcomes(result)


ENGINES = {
    "synchronous": """
        import os
        from sqlalchemy import create_engine, text

        engine = create_engine(os.environ["DATABASE_URL"])
        with engine.begin() as connection:
            connection.execute(text("CREATE TABLE people (name text)"))

        def add(name):
            with engine.begin() as connection:
                connection.execute(text("INSERT INTO people VALUES (:name)"), {"name": name})
    """,
    "asynchronous": """
        import asyncio
        import os
        from sqlalchemy import text
        from sqlalchemy.ext.asyncio import create_async_engine

        engine = create_async_engine(os.environ["DATABASE_URL"])

        async def make():
            async with engine.begin() as connection:
                await connection.execute(text("CREATE TABLE people (name text)"))

        asyncio.run(make())

        async def add(name):
            async with engine.begin() as connection:
                await connection.execute(text("INSERT INTO people VALUES (:name)"), {"name": name})
    """,
}
ASKS_FOR_PEOPLE = """
    def adds(answer, services, name):
        answer.call("add", name)
        return services.postgres("SELECT name FROM people")

    @check("Adds", visible=True)
    def adds_ada(answer, services):
        assert adds(answer, services, "Ada") == [("Ada",)], "Ada should be there."

    @check("Adds again", visible=True)
    def adds_bob(answer, services):
        assert adds(answer, services, "Bob") == [("Bob",)], "Bob should be there."
"""


@pytest.mark.parametrize("kind", ENGINES)
def test_an_engine_that_connected_while_it_was_loaded_connects_again(
    agent: Agent, kind: str
) -> None:
    result = judged(agent, ENGINES[kind], ASKS_FOR_PEOPLE, "postgres")
    assert result.verdict == "accepted", outcomes(result)


def test_checks_that_share_a_process_share_the_services(agent: Agent) -> None:
    result = judged(agent, ENGINES["synchronous"], ASKS_FOR_PEOPLE, "postgres", fresh=False)
    assert outcomes(result) == [("passed", ""), ("failed", "Bob should be there.")]


def test_an_answer_that_is_loaded_again_finds_the_services_like_new(agent: Agent) -> None:
    answer = textwrap.dedent(ENGINES["synchronous"]) + "def leave():\n    os._exit(1)\n"
    grader = """
        @check("Leaves", visible=True)
        def leaves(answer, services):
            answer.call("add", "Ada")
            answer.call("leave")

        @check("Is loaded again", visible=True)
        def is_loaded_again(answer, services):
            answer.call("add", "Bob")
            assert services.postgres("SELECT name FROM people") == [("Bob",)]
    """
    result = judged(agent, answer, grader, "postgres", fresh=False)
    assert [status for status, _ in outcomes(result)] == ["error", "passed"], outcomes(result)


KILLS = """
    import os
    import signal

    import redis

    store = redis.Redis.from_url(os.environ["REDIS_URL"])
    store.set("loaded", "yes")

    def shut(which):
        if which == "redis":
            store.shutdown(nosave=True)
        for name in os.listdir("/proc"):
            if name.isdigit() and int(name) not in (1, os.getpid(), os.getppid()):
                try:
                    os.kill(int(name), signal.SIGKILL)
                except OSError:
                    pass
"""
ASKS_WHAT_IS_LEFT = """
    @check("Lives", visible=True)
    def lives(answer, services):
        assert services.redis("GET", "loaded") == "yes"
        assert services.postgres("SELECT 1") == [(1,)]

    @check("Is brought down", visible=True)
    def is_brought_down(answer, services):
        answer.call("shut", "{which}")
        assert services.{which}(*{question}) == "an answer"

    @check("Lives again", visible=True)
    def lives_again(answer, services):
        assert services.redis("GET", "loaded") == "yes"
        assert services.postgres("SELECT 1") == [(1,)]
"""


@pytest.mark.parametrize(
    ("which", "question", "sentence"),
    [
        ("redis", ["GET", "loaded"], "Redis does not answer."),
        ("postgres", ["SELECT 1"], "PostgreSQL does not answer."),
    ],
)
def test_who_ends_a_service_fails_that_check_alone(
    agent: Agent, which: str, question: list[str], sentence: str
) -> None:
    grader = ASKS_WHAT_IS_LEFT.format(which=which, question=question)
    result = judged(agent, KILLS, grader, "redis", "postgres")
    assert outcomes(result) == [("passed", ""), ("failed", sentence), ("passed", "")]


def test_a_question_to_a_service_that_fails_says_so(agent: Agent) -> None:
    grader = """
        @check("Asks", visible=True)
        def asks(answer, services):
            services.redis("NONSENSE")
    """
    result = judged(agent, "x = 1", grader, "redis")
    [(status, message)] = outcomes(result)
    assert (status, message.partition(",")[0]) == ("failed", "Redis: unknown command 'NONSENSE'")


def test_a_service_that_the_question_does_not_list_is_the_graders_fault(agent: Agent) -> None:
    grader = """
        @check("Asks", visible=True)
        def asks(answer, services):
            services.postgres("SELECT 1")
    """
    result = judged(agent, "x = 1", grader, "redis")
    assert result.verdict == "internal_error"
    assert result.message.endswith("The question lists no service postgres in its question.toml.")
