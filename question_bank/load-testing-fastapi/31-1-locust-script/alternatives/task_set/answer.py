"""A TaskSet, with one method that sends every request and judges its reply; the exit code is decided by
a listener that the environment is given when it is made.
"""

import random

from locust import HttpUser, TaskSet, between, events, tag, task
from locust.exception import ResponseError


class Shopping(TaskSet):
    def on_start(self):
        self.session = self.send("POST", "/sessions", 201).get("id")
        self.products = []
        self.browse()

    def send(self, method, path, wanted, name=None, valid=lambda body: True):
        with self.client.request(method, path, name=name, catch_response=True) as reply:
            if reply.status_code != wanted:
                reply.failure(ResponseError(f"not {wanted}"))
                return {}
            body = reply.json() or {}
            if valid(body):
                reply.success()
            else:
                reply.failure(ResponseError("not what was asked for"))
            return body

    @tag("read")
    @task(6)
    def browse(self):
        body = self.send("GET", "/products", 200)
        if "products" in body:
            self.products = body["products"]

    @tag("read")
    @task(3)
    def open_page(self):
        for product in random.sample(self.products, k=min(1, len(self.products))):
            number = product["id"]
            self.send(
                "GET",
                f"/products/{number}",
                200,
                name="/products/[id]",
                valid=lambda body: body.get("id") == number,
            )

    @tag("write")
    @task
    def order(self):
        if self.session is not None:
            self.send("POST", f"/sessions/{self.session}/orders", 201, "/sessions/[id]/orders")


class Visitor(HttpUser):
    tasks = [Shopping]
    wait_time = between(0.1, 0.3)


def decide(environment, **kwargs):
    environment.process_exit_code = 1 if environment.stats.total.fail_ratio > 15 / 100 else 0


@events.init.add_listener
def prepare(environment, **kwargs):
    environment.events.quitting.add_listener(decide)
