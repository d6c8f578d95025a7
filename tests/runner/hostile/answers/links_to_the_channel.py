# attack: what the sandbox puts back between checks goes through a link to its own descriptors
# door: call
# verdict: wrong_answer
import json
import os

frame = json.dumps({"t": "reply", "n": 0, "value": 0}).encode()
WORD = len(frame).to_bytes(4, "big") + frame
for number in range(3, 20):
    with open(f"file{number}", "wb") as file:
        file.write(WORD)


def add(left, right):
    for number in range(3, 20):
        os.unlink(f"file{number}")
        os.symlink(f"/proc/self/fd/{number}", f"file{number}")


def squares(count):
    return []
