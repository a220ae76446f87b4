"""Mail on its way out: written down first, sent by background work, kept as a log.

A context ships `templates/<context>/mail/<name>.<language>.txt` in three languages, the subject on
the first line, and asks for `<context>/<name>`. The firm may put its own text in the place of any.
"""
