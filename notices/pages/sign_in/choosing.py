"""Which way in a service has; the one place that knows all of them."""

from notices.deployment import Deployment
from notices.pages.sign_in import SignIn
from notices.pages.sign_in.closed import Closed
from notices.pages.sign_in.demo import Demo
from notices.pages.sign_in.providing import Providers


def way_in(deployment: Deployment) -> SignIn:
    """Whom its providers know, else made-up people in a demo, and nobody elsewhere."""
    if deployment.providers:
        return Providers(deployment.providers)
    return Demo() if deployment.settings.demo else Closed()
