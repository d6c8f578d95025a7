# attack: takes memory until there is none
# door: call
# verdict: memory_limit
def add(left, right):
    kept = []
    while True:
        kept.append(bytearray(b"x" * 10_000_000))
