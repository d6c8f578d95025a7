def add(left, right):
    print("adding", left, "and", right)
    while left < 0:
        pass
    return left + right
