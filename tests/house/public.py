"""The addresses that ask for no permission, each with its reason."""

PUBLIC: dict[str, str] = {
    "invitation": "who is invited has no password yet; its address is a secret that works once",
    "set_up": "nobody has an account yet; it says where the secret address lies, then answers 404",
    "set_up_firm": "nobody has an account yet; its address is a secret that goes with the first",
    "set_up_owner": "makes the first account, behind the same secret",
    "account_login": "who signs in is nobody yet",
    "oidc_start": "leads who is nobody yet to the provider, which says who they are",
    "oidc_callback": "where the provider sends them back; only what it signed for this try counts",
    "set_language": "the sign-in page is read before anybody signed in",
    "readyz": "a balancer has no account; it learns only whether pages can be shown",
    "healthz": "a monitor has no account; it learns only whether all is up",
    "metrics": "a monitor has no account: it answers who sends the settings' token, 404 to others",
    "api_schema": "it describes the program, which is public, and nothing of the firm",
    "api_missing": "it answers 404 to everybody",
    "webhook": "programs sign what they send, with a key of their source",
    "rustdesk_hook": "clients on customers' computers have no account: the address holds a key",
}
PUBLIC_OPERATIONS: dict[str, str] = {}
