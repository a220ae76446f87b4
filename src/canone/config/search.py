"""Who answers the search, in the order of the page: one line per kind of thing."""

from canone.ui.search import Provider

PROVIDERS: list[Provider] = []
