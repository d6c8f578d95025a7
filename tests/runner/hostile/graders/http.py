"""What hostile applications are asked: keep a thing, then find it under the id they gave it."""

from random import Random

from greenroom_runner.harness.grading import Answer, check


@check("Keeps a thing and finds it again", visible=True)
def finds(answer: Answer, random: Random) -> None:
    name = f"thing {random.randrange(10**6)}"
    made = answer.http.post("/things", json={"name": name})
    assert made.status == 201, made.text
    found = answer.http.get(f"/things/{made.json()['id']}", headers={"x-id": made.json()["id"]})
    assert found.json() == {"name": name}, f"It answered {found.text}."


@check("Keeps what is not shown")
def keeps_what_is_not_shown(answer: Answer) -> None:
    made = answer.http.post("/things", json={"name": "kingfisher"}, headers={"x-bird": "kingfisher"})
    assert made.status == 201, f"kingfisher: {made.text}"
    found = answer.http.get(f"/things/{made.json()['id']}", params={"bird": "kingfisher"})
    assert found.json() == {"name": "kingfisher"}, f"It answered {found.text}."


@check("Sends it on", visible=True)
def sends(answer: Answer) -> None:
    made = answer.http.post("/things", json={"name": "x"})
    again = answer.http.post("/things", json={"name": made.json()["id"]}, params=made.json())
    assert again.status == 201, again.text
