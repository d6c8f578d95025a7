"""FastHttpUser, with tasks as plain functions and their weights in a dictionary; a context manager
around the client judges the status.
"""

import logging
from contextlib import contextmanager
from random import choice, uniform

from locust import FastHttpUser, events


@contextmanager
def request(user, method, path, status, name=None):
    """Give the decoded reply, or None where the status is another one, which is a failure."""
    with user.client.request(method, path, name=name or path, catch_response=True) as reply:
        if reply.status_code == status:
            yield reply, reply.json()
        else:
            reply.failure(f"{reply.status_code} instead of {status}")
            yield reply, None


def look_around(user):
    with request(user, "GET", "/products", 200) as (_, body):
        if body is not None:
            user.ids = [product["id"] for product in body["products"]]


def look_closely(user):
    if user.ids:
        id = choice(user.ids)
        with request(user, "GET", f"/products/{id}", 200, "/products/[id]") as (reply, body):
            if body is not None and body.get("id") != id:
                reply.failure("wrong product")


def buy(user):
    if user.session:
        path = f"/sessions/{user.session}/orders"
        with request(user, "POST", path, 201, "/sessions/[id]/orders"):
            pass


class Customer(FastHttpUser):
    tasks = {look_around: 6, look_closely: 3, buy: 1}
    session = None
    ids = ()

    def wait_time(self):
        return uniform(0.1, 0.3)

    def on_start(self):
        with request(self, "POST", "/sessions", 201) as (_, body):
            self.session = body and body["id"]
        look_around(self)


@events.quitting.add_listener
def judge(environment, **kwargs):
    total = environment.stats.total
    bad = total.num_failures * 100 > total.num_requests * 15
    logging.info("%d of %d failed", total.num_failures, total.num_requests)
    environment.process_exit_code = int(bad)
