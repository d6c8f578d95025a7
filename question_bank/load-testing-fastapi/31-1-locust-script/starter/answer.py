from locust import HttpUser, task


class Visitor(HttpUser):
    @task
    def list_products(self) -> None:
        self.client.get("/products")
