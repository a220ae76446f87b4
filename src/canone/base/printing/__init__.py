"""Paper: typst templates that the firm can replace."""
