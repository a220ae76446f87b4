"""Speaking with a MeshCentral server."""
