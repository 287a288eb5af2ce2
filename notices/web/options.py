"""What handlers say of themselves, and what is written into a request's state, by name."""

QUERY = "query"
"""Of a handler: the parameters it knows; None for one that ignores the others, as pages do."""

COUNTS = "counts"
"""Of a handler: it counts what is sent to it by a policy of its own."""

CHANGES_NOTHING = "changes_nothing"
"""Of a page that is sent something: it is no write, and any site's page may send to it."""

UNATTENDED = "unattended"
"""Of a page that a script asks by itself: whoever is signed in need not be there."""

CLOSED = "closed"
"""Of a handler that reads: it needs an identity, so no other site's page may read its answer."""

ASKS = "asks"
"""Of a handler that changes nothing: pages of other sites may read the answers it shares."""

UNSENT = "unsent"
"""In a request's state: the fields of its form, and the name of its file ("" where it has none,
None where the form can have none)."""

KEYED = "keyed"
"""Of a handler: it looks at an agency's key itself, when what is sent has been read."""

LEFT = "left"
"""In a request's state: what is left of the counts in which it was counted (`limits.Left`)."""
