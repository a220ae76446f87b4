"""Reads of the catalog, for pages, the API and higher contexts."""

from canone.registers.catalog.queries.articles import price_of, prices_of, with_price
from canone.registers.catalog.queries.tariffs import current_versions, versions_at

__all__ = ["current_versions", "price_of", "prices_of", "versions_at", "with_price"]
