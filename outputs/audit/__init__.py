"""What an auditor reads, carries away, and asks.

`intakelog` the log as text · `masking` persons hidden in it · `bag` the log to be checked with nothing of ours · `seals` the
chain's head in other places · `sample` mails that anybody draws again · `trace` from a mail to the rows it touched and back,
with `touched` (which rows) and `traced` (what is found).
"""
