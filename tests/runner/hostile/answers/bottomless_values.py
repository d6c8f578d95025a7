# attack: returns what holds itself, and what is nested deeper than anybody counts
# door: call
# verdict: wrong_answer
def add(left, right):
    kept = []
    kept.append(kept)
    return kept


def squares(count):
    kept = []
    for _ in range(100_000):
        kept = [kept]
    return kept
