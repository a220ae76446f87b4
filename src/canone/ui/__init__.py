"""The page kit: lists, details, forms, wizards; no word of the business in it."""
