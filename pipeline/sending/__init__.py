"""Sending papers by mail: to whom an automatic answer may go, and how it is handed to the mail server.

Purpose: guards.py (RFC 3834: whether, and to which address), smtp.py (the one way out, encrypted).
Source: RFC 3834 (automatic responses), RFC 5321, RFC 8314 (submission over TLS).
Limits: knows nothing of papers' words (outputs/notices) and writes nothing (pipeline/register).
"""
