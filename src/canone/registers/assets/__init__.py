"""Machines at customers, their meters and what those showed.

Owns assets, meters and readings. Words: an *asset* (macchina, attrezzatura) stands at a customer,
a *meter* (contatore) counts copies, hours or kilometres on it, a *reading* (lettura) is what it
showed at the end of a day. Whoever prices what was used asks `queries`; nothing here knows a price,
a contract or a visit.
"""
