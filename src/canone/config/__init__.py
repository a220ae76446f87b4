"""How it is put together: settings, urls, menu, wiring, command line; no rule here."""
