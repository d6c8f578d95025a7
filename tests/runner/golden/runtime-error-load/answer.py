"""An answer that cannot be imported."""

print("before")
value = {}["missing"]
