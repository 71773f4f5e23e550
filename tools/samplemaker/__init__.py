"""The sample mails of tests/samples: how they are told (stories), dressed (documents) and posted (MIME).

Purpose: `stories/*.toml` hold the words of each mail and what a careful clerk would say about it; `submissions.py`,
`exchanges.py` and `strangers.py` turn each story into octets as the mail programs of real units do; `make_samples.py`
beside this folder writes them all.
Source: the habits and accidents are those of RFC 2045-2047 and 2231, APPNOTE.TXT 6.3 (zip), and of the programs that
each function names. All events, people and phone numbers are invented; the units are those of the roster.
Limits: nothing random, no clock, no compressor and no hash seed: the same octets on every run and every Python.
"""
