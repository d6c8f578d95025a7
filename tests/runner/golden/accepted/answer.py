print("loading")


def add(left, right):
    print("adding", left, right)
    return left + right
