"""Files that people bring and documents that Canone makes, kept under the data folder.

On disk a file has a random name; the name that people gave is only shown. Who may see a file is
decided by its owner, an opaque key such as `parties.party:12`: `config` binds the part before the
colon to a guard. Nothing here knows what a file is for.
"""
