# attack: returns numbers that take minutes to write down, and those that are none
# door: call
# verdict: wrong_answer
def add(left, right):
    return 1 << 50_000_000


def squares(count):
    return [float("nan"), float("inf"), -0.0] * count
