"""Background work with progress, retry, rescue and cancellation."""
