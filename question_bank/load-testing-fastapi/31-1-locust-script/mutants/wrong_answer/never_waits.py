# catches: waits_between_tasks
import random

from locust import HttpUser, events, task
from locust.env import Environment

MOST_FAILED = 0.15


class Visitor(HttpUser):
    def on_start(self) -> None:
        self.session_id: str | None = None
        self.products: list[int] = []
        self.open_session()
        self.list_products()

    def open_session(self) -> None:
        with self.client.post("/sessions", catch_response=True) as reply:
            if reply.status_code == 201:
                self.session_id = reply.json()["id"]
            else:
                reply.failure(f"status {reply.status_code}")

    @task(6)
    def list_products(self) -> None:
        with self.client.get("/products", catch_response=True) as reply:
            if reply.status_code == 200:
                self.products = [product["id"] for product in reply.json()["products"]]
            else:
                reply.failure(f"status {reply.status_code}")

    @task(3)
    def read_product(self) -> None:
        if not self.products:
            return
        wanted = random.choice(self.products)
        path = f"/products/{wanted}"
        with self.client.get(path, name="/products/[id]", catch_response=True) as reply:
            if reply.status_code != 200:
                reply.failure(f"status {reply.status_code}")
            elif reply.json().get("id") != wanted:
                reply.failure("the page of another product")

    @task(1)
    def order(self) -> None:
        if self.session_id is None:
            return
        path = f"/sessions/{self.session_id}/orders"
        with self.client.post(path, name="/sessions/[id]/orders", catch_response=True) as reply:
            if reply.status_code != 201:
                reply.failure(f"status {reply.status_code}")


@events.quitting.add_listener
def set_exit_code(environment: Environment, **_: object) -> None:
    """Locust's own rule is 1 for a single failure; the pipeline allows some."""
    failed = environment.stats.total.fail_ratio
    environment.process_exit_code = 1 if failed > MOST_FAILED else 0
