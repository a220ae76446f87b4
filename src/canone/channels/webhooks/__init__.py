"""Facts told to programs outside: who is told, what was told, how it went.

An address (hook) chooses facts of `base.events.facts`. Every fact told becomes one message, and one
delivery for each hook that wants it, in the transaction in which it happened; background work sends
them signed, in order, each hook by itself. Signatures and headers are those of Standard Webhooks.
This context never decides what is a fact and never waits for a receiver while anything else does.
"""
