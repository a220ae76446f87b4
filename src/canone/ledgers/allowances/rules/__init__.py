"""What is computed about prepaid quantities; see docs/algorithms/allowances.md."""
