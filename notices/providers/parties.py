"""Which protocol a provider speaks; the one place that knows all of them."""

from notices.providers.configuration import Provider
from notices.providers.oauth2 import OAuth2Party
from notices.providers.openid import OpenID
from notices.providers.party import Party


def of(provider: Provider) -> Party:
    return OpenID(provider) if provider.oauth2 is None else OAuth2Party(provider)
