"""The only writers of allowances.

`pools` opens them, `entries` grants, tops up and reverses, `draws` consumes, `expiry` ends lots.
"""
