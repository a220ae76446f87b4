"""TeamViewer's connection reports: what to ask for, and how to read what comes."""
