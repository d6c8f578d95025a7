def add(left, right):
    while left > 0:
        print("x" * 100)
