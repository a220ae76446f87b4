"""What facts follow: charges and allowances; they know nothing of each other."""
