"""The addresses that ask for no permission, each with its reason."""

PUBLIC: dict[str, str] = {
    "healthz": "a monitor has no account; it learns only whether all is up",
}
PUBLIC_OPERATIONS: dict[str, str] = {}
