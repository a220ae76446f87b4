"""Sources of sessions: remote-support servers, files, people."""
