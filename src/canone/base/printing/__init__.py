"""Documents on paper: typst templates, given data and never text put together.

A context ships `templates/<context>/print/<name>.typ` and asks for `<context>/<name>`. The firm
may put its own template in the place of any of them, the letterhead included. The result is PDF/A
and the same, byte for byte, for the same data and instant.
"""
