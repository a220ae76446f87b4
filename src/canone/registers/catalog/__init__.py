"""Services and articles, VAT rates, price lists, tariffs and the rating rules.

Owns what is sold and how work is priced. A *tariff* (on screen: profile) is a name with numbered
versions that never change; `version.terms()` hands one to the rules, which work without a
database. Who is priced by which tariff is not known here: desks assign tariffs and say, through
the port in `queries.impact`, what a new version would touch.
"""
