"""Making the demo's notices ready, in another process where that pays.

This part is pure: it needs keys and rules, and neither the database nor the time of an entry.
"""

import contextlib
import multiprocessing
import os
import signal
import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import Executor, ProcessPoolExecutor, ThreadPoolExecutor
from datetime import datetime, timedelta
from multiprocessing.process import BaseProcess
from random import Random
from typing import NamedTuple

from notices import deployment as deployments
from notices import log, records
from notices.demo.drafting import Writer
from notices.deployment import Deployment
from notices.facts import event_forms, notice_ids
from notices.facts.catalogue import Period
from notices.log import Commitment
from notices.records import Record
from notices.register import claims
from notices.register.claims import Claim
from notices.settings import Settings
from notices.trust.keyring import Wrapped

WORTH_PROCESSES = 8_000
"""Below this, starting another process costs more time than it saves."""

AHEAD = 3
"""Batches that are made while one is written."""


class Made(NamedTuple):
    """A notice ready to be published: all that can be known before it has its turn."""

    certificate: str
    period: Period | None
    claimed: Claim
    record: Record
    withdrawn: tuple[timedelta, Commitment] | None

    @property
    def id(self) -> str:
        return self.record.notice[0]


def make(
    deployment: Deployment,
    writer: Writer,
    random: Random,
    serials: Sequence[int],
    published: Sequence[datetime],
) -> list[Made]:
    """One notice a serial, as it is published at the time that stands in the same place."""
    prefix = deployment.settings.region[:4]
    made = []
    for serial, at in zip(serials, published, strict=True):
        certificate, declaration, person, withdrawn = writer.draft(serial, at, random)
        id = notice_ids.make(prefix, serial)
        after = None
        if withdrawn is not None:
            delay, reason = withdrawn
            after = delay, log.commit(event_forms.withdrawal(id, reason))
        claimed = claims.claimed(deployment, certificate, declaration)
        record = records.record(deployment, person, declaration, certificate, id, "web")
        made.append(Made(certificate.id, certificate.notice_period, claimed, record, after))
    return made


_here: tuple[Deployment, Writer]
"""What a process or thread that makes notices works with; there is one fill at a time."""


def _start_thread(deployment: Deployment) -> None:
    global _here
    _here = deployment, Writer(deployment)


def _start_process(settings: Settings, wrapped: Sequence[Wrapped], checks: Sequence[str]) -> None:
    """Load rules and keys anew, since keys cannot be sent; end when the parent does."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent ends us
    parent = multiprocessing.parent_process()
    if parent is not None:
        threading.Thread(target=_end_with, args=(parent,), daemon=True).start()
    here = deployments.load(settings)
    here.keys.sealer.learn(wrapped)
    here.keys.matching.settle(checks)
    _start_thread(here)


def _end_with(parent: BaseProcess) -> None:
    parent.join()
    os._exit(1)


def make_here(seed: str, serials: Sequence[int], published: Sequence[datetime]) -> list[Made]:
    return make(*_here, Random(seed), serials, published)  # noqa: S311


@contextlib.contextmanager
def makers(deployment: Deployment, count: int) -> Iterator[Executor]:
    """Where notices are made: beside this process if it pays, else in a thread of it."""
    spare = (os.cpu_count() or 1) - 1
    executor: Executor
    if count < WORTH_PROCESSES or not spare:
        executor = ThreadPoolExecutor(1, initializer=_start_thread, initargs=(deployment,))
    else:
        keys = deployment.keys
        # Not forked: this process has threads, a loop and open connections.
        executor = ProcessPoolExecutor(
            min(spare, AHEAD),
            multiprocessing.get_context("spawn"),
            initializer=_start_process,
            initargs=(deployment.settings, keys.sealer.wrapped, keys.matching.checks),
        )
    try:
        yield executor
    finally:
        executor.shutdown(cancel_futures=True)
