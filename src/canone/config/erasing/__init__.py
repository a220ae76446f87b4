"""Erasing what is known of a customer, a contact or a user, and keeping what the law wants kept.

`registers.parties.rules.erasure` says what becomes of each kind of rows; `subjects` finds whom it
is about, `parts` has for each kind how many there are and whose service erases them, `services`
does the work. A context that comes to keep something personal adds its kind to both tables.
"""
