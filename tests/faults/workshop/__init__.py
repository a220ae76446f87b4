"""An app with jobs to kill, for the tests of faults."""
