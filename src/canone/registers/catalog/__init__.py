"""Services and articles, VAT rates, price lists, tariffs and the rating rules."""
