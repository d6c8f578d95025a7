# attack: kills its own process while it is loaded, as the kernel does when memory runs out
# door: call
# verdict: runtime_error
import os
import signal

os.kill(os.getpid(), signal.SIGKILL)
