"""One service and one browser for the whole floor."""

from tests.browsing import browser as browser
from tests.browsing import service as service
