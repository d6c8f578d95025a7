# attack: returns as much as fits, every character an escape
# door: call
# verdict: wrong_answer
def add(left, right):
    return "\U0001f980\ud800\x00" * 600_000


def squares(count):
    return [[] for _ in range(99_000)]
