"""The soak: the real daemon left alone with a server, a bad line and some thousand mails, and then the count.

Purpose: `make soak`, or `python -m tools.soak --minutes 10 --mails 2000 --seed 1 --server pymap|dovecot`.
Map: __main__.py the run from start to table · mails.py what is sent · server.py who holds it · daemon.py the process
under test · count.py what must be true afterwards.
Limits: one machine, loopback; memory is what Linux says of the daemon's process.
"""
