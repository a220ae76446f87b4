"""MeshCentral's events and report, turned into sessions."""
