"""Signing in through a provider of OpenID Connect that an owner has entered.

`asking` speaks to the provider, and to nobody else; `proof` judges what it says; `flow` leads
allauth through it; `standing` says what a session through the provider is worth.
"""
