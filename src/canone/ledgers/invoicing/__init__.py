"""Charges and the documents they end on: what a customer owes, for what, why, and what was paid.

This context owns the charge (an amount with the steps that led to it, posted once per origin and
revision), the document that claims it (invoice, credit note, pro-forma), its due items, and what
settles these. Higher contexts post charges or propose them through a port; this one never knows
who they are: origin (`session:812`), bundle (`contract:12`) and kind are texts it carries.

Words: *charge* (addebito), *reversal* (storno), *claim* (a document takes a charge), *run*
(propose, compare, emit the difference), *due item* (scadenza), *settlement* (saldo). It never
changes what is posted, issued or booked, never prices anything, and bills nothing twice.
"""
