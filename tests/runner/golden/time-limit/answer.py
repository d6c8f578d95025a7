def add(left, right):
    while True:
        pass
