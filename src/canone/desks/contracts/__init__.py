"""Contracts: what was agreed, and what each line of it charges, for which days and when.

Owns contract types, contracts, their lines, agents, machines covered and signed papers. Words: a
*line* is billed in a *cycle*, *in advance* or *in arrears*, counted from an *anchor*; a *stub* is a
part before it; a line that changes ends, and its *successor* goes on in the same periods. Answers
the billing run's port (`queries.proposing`): it proposes, `invoicing` compares and posts. Never
stores the next invoice date, never writes an invoice, and posts no charge but what somebody bills
on request (`services.requesting`).
"""
