# attack: prints, raises and returns whatever it is asked, by every way there is
# door: call
# verdict: runtime_error
import sys
import warnings


def add(left, right):
    print(left, right)
    print(left, right, file=sys.__stderr__, flush=True)
    warnings.warn(f"{left} {right}", stacklevel=1)
    told = f"asked_{left}_{right}"
    exec(f"def {told}(): raise type({told!r}, (Exception,), {{'__module__': {told!r}}})({told!r})")
    locals()[told]()


def squares(count):
    return [n * n for n in range(count)]
