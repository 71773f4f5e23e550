"""A whole nation's season without its waiting: synthetic arrivals through the real worker and register, waiting left out.

Purpose: `python -m bench.simulation --mails 500000 --readers 32`: how many mails wait, and how long each, hour by hour.
What is real: `Worker` (polls, attempts, rounds), the register on a disk with every commit synced, the samples' readings
and filings that are stored. What stands in: the mailbox (arrivals.py), the archive, which keeps nothing, and the readers
(stand_in.py), who take as long as was measured and read nothing.
Map: arrivals.py when mails come and how large they are · clock.py a clock that leaves out waiting · stand_in.py ·
season.py the daemon's round and what was seen · picture.py.
Source: the day's shape is assumed, and said: a third of all mails on the last day before the deadline, the rest the more
the nearer it is, most of them in office hours (../../docs/scale.md).
"""
