"""How the work is done: values in, values out; no I/O, clock, log or broker."""
