"""Who may ask, as the OpenAPI description says it."""

from litestar.openapi.spec import Components, SecurityScheme


def components(cookie: str) -> Components:
    """Who may ask, and how they show it; `cookie` is the session's."""
    return Components(
        security_schemes={
            "session": SecurityScheme(
                type="apiKey", name=cookie, security_scheme_in="cookie",
                description="Whoever signed in: a person, an organisation, an officer.",
            ),
            "agency": SecurityScheme(
                type="http", scheme="bearer", bearer_format="notices_live_… | notices_test_…",
                description="An agency's key. One that is malformed, unknown, expired or revoked"
                " is 401 on every path, one without the scope that is needed 403.",
            ),
        }
    )  # fmt: skip
