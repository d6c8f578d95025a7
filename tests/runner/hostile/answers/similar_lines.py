# attack: returns what takes longest to be told apart from what was expected
# door: call
# verdict: wrong_answer
def add(left, right):
    return [left, right]


def squares(count):
    return [int("1" * 30 + str(n)) for n in range(400, 590)]
