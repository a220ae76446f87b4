"""Pages of the catalog: profiles, articles, VAT rates, units, price lists."""
