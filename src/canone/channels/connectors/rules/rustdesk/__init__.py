"""What RustDesk tells: rows of a Server Pro, messages of the free client."""
