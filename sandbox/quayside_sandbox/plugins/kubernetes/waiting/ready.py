"""The wait for an object to be ready."""

from __future__ import annotations

import contextlib
import queue
import time
from typing import Any, NoReturn

from ....kube import Api
from .annotations import time_limit
from .diagnosis import Diagnosis, Investigation, diagnose
from .expressions import InvalidExpression
from .progress import NotReady, Object, Progress
from .rule import Others, Rule, Verdict, View
from .rules import rule_for
from .watch import Lost, Seen, Selection, Watch

# What is wrong for this long is worth a warning that stays; a workload that just comes up stays quiet.
_WORTH_A_WARNING = 5.0
_LOOK_FOR_CANCEL = 0.1


def await_ready(api: Api, live: Object, *, timeout: float | None, old: Object | None, progress: Progress) -> Object:
    """Waits until the object is ready and returns its newest state. Raises NotReady when time is up, or when it can never be.

    `timeout` are the seconds that customTimeouts names, None where it names none; `old` is the object before an update: the rules tell a
    status of the old specification by its generation, so they need nothing else of it.
    """
    try:
        rule = rule_for(live)
    except InvalidExpression as problem:
        raise NotReady(live, [str(problem)]) from problem
    if rule is None:
        return live
    return _Wait(api, live, rule, time_limit(live, timeout, rule.timeout), progress).run()


def unready_reasons(api: Api, live: Object) -> list[str]:
    """Why the object is not ready at this moment, without waiting; empty where it is. For refresh."""
    try:
        rule = rule_for(live)
    except InvalidExpression as problem:
        return [str(problem)]
    if rule is None:
        return []
    now = time.monotonic()
    others = {}
    for one in rule.selections(live):
        found = api.list(one.api_version, one.kind, one.namespace, labels=one.labels, fields=one.fields)
        others[one] = Others({entry["metadata"]["name"]: entry for entry in found}, now)
    verdict = rule.judge(View(live, others, now, now, final=True))
    if verdict.ready:
        return []
    return [f"Resource '{live['metadata']['name']}' was created but failed to initialize", *verdict.reasons, *(diagnose(api, live) or [])]


class _Wait:
    """One wait: events from the watches in, words to the user out, until a verdict or the end of the time."""

    def __init__(self, api: Api, live: Object, rule: Rule, limit: float, progress: Progress) -> None:
        self.api, self.live, self.rule, self.progress = api, live, rule, progress
        self.name = live["metadata"]["name"]
        self.self_selection = Selection.of(live)
        self.others: dict[Selection, Others] = {selection: Others() for selection in rule.selections(live)}
        self.started = time.monotonic()
        self.deadline = self.started + limit
        self.gone = False
        self.causes: list[str] | None = None
        self.events: queue.Queue[Any] = queue.Queue()
        self.said: set[str] = set()
        self.warned: set[str] = set()
        self.wrong_since: dict[str, float] = {}

    def run(self) -> Object:
        verdict = self._judge()
        if verdict.ready:  # most kinds and most updates: nothing to watch
            return self._done(verdict)
        with contextlib.ExitStack() as stack:
            for selection in (self.self_selection, *self.others):
                stack.enter_context(Watch(self.api, selection, self.events))
            investigation = Investigation(self.api, self.live, self.events)
            investigation.start()
            stack.callback(investigation.stop)
            while True:
                verdict = self._judge()
                if verdict.ready:
                    return self._done(verdict)
                if verdict.failed:
                    self._fail(f"Resource '{self.name}' was created but failed to initialize", verdict)
                if self.progress.cancelled.is_set():
                    self._fail(f'Resource operation was cancelled for "{self.name}"', verdict)
                if time.monotonic() >= self.deadline:
                    return self._time_is_up()
                self._tell(verdict)
                self._take(verdict)

    def _judge(self, final: bool = False) -> Verdict:
        if self.gone:
            return Verdict(status="it was deleted; waiting for it to come back", reasons=["somebody deleted it while it was waited for"])
        return self.rule.judge(View(self.live, self.others, self.started, time.monotonic(), final))

    def _take(self, verdict: Verdict) -> None:
        """Takes in what has happened, or returns after a moment."""
        now = time.monotonic()
        pause = max(0.0, min(self.deadline - now, _LOOK_FOR_CANCEL, (verdict.again or self.deadline) - now))
        with contextlib.suppress(queue.Empty):
            self._note(self.events.get(timeout=pause))
            while True:
                self._note(self.events.get_nowait())

    def _note(self, event: Any) -> None:
        if isinstance(event, Diagnosis):
            self.causes = event.causes
        elif isinstance(event, Lost):
            self._say(f"the API server does not answer, trying again ({event.problem})")
        elif event.selection == self.self_selection:
            if isinstance(event, Seen):
                self.live, self.gone = event.object or self.live, event.object is None
        else:
            known = self.others[event.selection]
            objects = dict(known.objects)
            if isinstance(event, Seen):
                objects.pop(event.name, None)
                if event.object is not None:
                    objects[event.name] = event.object
            self.others[event.selection] = Others(objects, time.monotonic())

    def _tell(self, verdict: Verdict) -> None:
        self._say(verdict.status)
        wrong = [*(text for text in verdict.reasons if text.startswith("[")), *(self.causes or [])]
        now = time.monotonic()
        self.wrong_since = {text: self.wrong_since.get(text, now) for text in wrong}
        for text, since in self.wrong_since.items():
            self._say(text)
            if now - since >= _WORTH_A_WARNING and text not in self.warned:
                self.warned.add(text)
                self.progress.warn(text)

    def _say(self, text: str) -> None:
        if text and text not in self.said:
            self.said.add(text)
            self.progress.status(text)

    def _done(self, verdict: Verdict) -> Object:
        if verdict.warning:
            self.progress.warn(verdict.warning)
        return self.live

    def _time_is_up(self) -> Object:
        verdict = self._judge(final=True)
        if not verdict.ready:
            self._fail(f"'{self.name}' timed out waiting to be Ready", verdict)
        return self._done(verdict)

    def _fail(self, summary: str, verdict: Verdict) -> NoReturn:
        if self.causes is None:  # it ended before the first look
            self.causes = diagnose(self.api, self.live)
        raise NotReady(self.live, [summary, *verdict.reasons, *(self.causes or [])])
