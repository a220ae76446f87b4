"""What pages, the API and higher contexts ask of the desk."""
