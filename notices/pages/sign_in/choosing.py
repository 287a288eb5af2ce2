"""Which way in a service has; the one place that knows all of them."""

from notices.deployment import Deployment
from notices.pages.sign_in import SignIn
from notices.pages.sign_in.closed import Closed
from notices.pages.sign_in.demo import Demo


def way_in(deployment: Deployment) -> SignIn:
    """Made-up people sign in to a demo, and nobody elsewhere."""
    return Demo() if deployment.settings.demo else Closed()
