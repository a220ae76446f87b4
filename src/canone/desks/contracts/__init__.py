"""Contracts: what was agreed, and what each line of it charges, for which days and when.

Owns the terms of recurring lines and the rules of their periods. Words: a *cycle* is billed *in
advance* or *in arrears*, counted from an *anchor*; a *stub* is a part before it. Never stores the
next invoice date, never writes an invoice: it proposes, the run of `invoicing` compares and posts.
"""
