"""The only writers of charges: `charges` posts and reverses, `claims` puts them on documents."""
