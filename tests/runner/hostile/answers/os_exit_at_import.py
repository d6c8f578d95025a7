# attack: leaves at import with a good exit status
# door: call
# verdict: runtime_error
import os

os._exit(0)
