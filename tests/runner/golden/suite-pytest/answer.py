def price(cents):
    print("pricing", cents)
    if cents < 0:
        raise ValueError("no such price")
    return f"{cents // 100}.{cents % 100}"
