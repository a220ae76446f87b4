"""The next version of Canone: one more kind of work, and one more migration."""
