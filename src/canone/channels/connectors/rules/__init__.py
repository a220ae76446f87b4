"""What a remote tool tells, turned into sessions; no network, no database, no clock."""
