"""The kill sweep: a round of intake is killed at every boundary between it and the system, and must never show it.

Map: boundary.c counts the boundaries and kills at one · forks.py a server that forks a round for every death ·
orders.py what it is told and answers · sweep.py the sweep and what must be true afterwards · wrong.py intakes that it
must find out · test_sweep.py.
"""
