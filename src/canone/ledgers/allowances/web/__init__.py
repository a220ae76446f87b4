"""The pages of prepaid hours."""
