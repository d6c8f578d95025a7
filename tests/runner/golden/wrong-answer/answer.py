def add(left, right):
    print("subtracting")
    return left - right
