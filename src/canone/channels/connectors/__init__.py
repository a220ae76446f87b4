"""Sources of sessions: the remote-support servers that Canone asks by itself.

Owns: where a tool is, how to sign in there, how far it has been read, and a log of every pull.
Words: a source is one server; a pull asks it for its sessions; a notice is something the pull has
to tell; a trouble is why it brought nothing.
Sessions themselves, and which customer they belong to, are the assistance desk's.
Never: prices, edits of sessions, a second attempt with a password that was refused.
"""
