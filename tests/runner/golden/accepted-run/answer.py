def add(left, right):
    return abs(left) + abs(right)
