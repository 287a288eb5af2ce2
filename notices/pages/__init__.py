"""The pages, a module for each journey; `templates` are what they are drawn with."""

from notices.pages import (
    agencies,
    assets,
    braking,
    changing,
    crawling,
    deciding,
    declaring,
    desk,
    explaining,
    looking,
    notices,
    objecting,
    personal,
    searching,
    sessions,
    verifying,
)

HANDLERS = [
    *notices.HANDLERS,
    *searching.HANDLERS,
    *changing.HANDLERS,
    *objecting.HANDLERS,
    *personal.HANDLERS,
    *declaring.HANDLERS,
    *desk.HANDLERS,
    *deciding.HANDLERS,
    *looking.HANDLERS,
    *braking.HANDLERS,
    *verifying.HANDLERS,
    *explaining.HANDLERS,
    *agencies.HANDLERS,
    *sessions.HANDLERS,
    *assets.HANDLERS,
    *crawling.HANDLERS,
]
