"""Charges: what a customer owes, for what, and why.

This context owns the charge: an amount with the steps that led to it, posted once per origin and
revision, corrected by a reversal, claimed by a document. Higher contexts post charges; this one
never knows who they are: the origin (`session:812`) and the kind are texts it carries and shows.

Words: *charge* (addebito), *reversal* (storno), *claim* (a document takes a charge), *to invoice*
(neither reversed nor on a document). It never changes a posted charge, never prices anything and
never counts an amount twice.
"""
