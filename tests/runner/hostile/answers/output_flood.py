# attack: prints lines of ten megabytes
# door: call
# verdict: output_limit
def add(left, right):
    while True:
        print("x" * 10_000_000)
