"""The receiving ends: what others send, kept before they are told that it arrived."""
