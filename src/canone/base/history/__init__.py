"""What happened: the changes of business records, and the journal of closed facts.

The history of a record (who, when, before, after) is kept by django-simple-history beside its
table; `queries.timeline` reads it. The journal keeps what may never change: a session locked, a
charge posted, a payment booked. Its entries are numbered without gaps and chained by hashes, and
triggers refuse to alter them, so that `services.verify` proves the whole against one head hash
kept elsewhere. This context knows no word of the business and corrects nothing.
"""
