# attack: none; what is asked can be answered
# door: call
# verdict: accepted
def add(left, right):
    return left + right


def squares(count):
    return [n * n for n in range(count)]
