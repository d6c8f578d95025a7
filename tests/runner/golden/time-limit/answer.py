def add(left, right):
    print("adding", left, "and", right)
    while True:
        pass
