"""An AnalysisRun: which of its measurements are due, what each comes to, and what all of them together come to.

Facts: argo-rollouts v1.10.2 analysis/analysis.go, utils/analysis/{helpers,factory}.go, utils/template/template.go.
"""

from __future__ import annotations

import copy
import json
import re

from ....kube.client import Object
from . import hurry
from .expressions import InvalidExpression, phase
from .prometheus import Ask, NoAnswer

ERROR_LIMIT, ERROR_RETRY, KEPT = 4, 10.0, 10
SUCCESSFUL, FAILED, ERROR, INCONCLUSIVE, RUNNING = "Successful", "Failed", "Error", "Inconclusive", "Running"
WORSE = ("", SUCCESSFUL, RUNNING, "Pending", INCONCLUSIVE, ERROR, FAILED)
COMPLETED = (SUCCESSFUL, FAILED, ERROR, INCONCLUSIVE)
_ARGUMENT = re.compile(r"\{\{([^}]*)\}\}")


def measured(run: Object, ask: Ask) -> tuple[Object, float | None]:
    """The status of a run that is not over, after the measurements that are due now; seconds until the next one is."""
    status: Object = copy.deepcopy(run.get("status") or {})
    try:
        metrics = [resolved(each, run["spec"].get("args") or []) for each in run["spec"].get("metrics") or []]
    except InvalidExpression as problem:
        return {**status, "phase": ERROR, "message": f"Unable to resolve metric arguments: {problem}"}, None
    now = hurry.stamp(hurry.now())
    results: dict[str, Object] = {each["name"]: each for each in status.get("metricResults") or []}
    ending = bool(run["spec"].get("terminate")) or any(each.get("phase") in (FAILED, ERROR, INCONCLUSIVE) for each in results.values())
    for metric in metrics:
        result = results.get(metric["name"], {})
        due = wait(metric, result, status.get("startedAt"))
        if result.get("phase") not in COMPLETED and not ending and due is not None and due <= 0:
            results[metric["name"]] = counted(metric, result, measurement(metric, ask))
    status.setdefault("startedAt", now)
    worst, message, whole = "", "Run Terminated" if run["spec"].get("terminate") else "", True
    for metric in metrics:
        found = results.get(metric["name"])
        if found is None:
            whole = False
            continue
        found["phase"], why = assessed(metric, found, ending)
        found["message"] = found["measurements"][-1].get("message", "")
        if found["phase"] not in COMPLETED:
            whole = False
        elif WORSE.index(found["phase"]) > WORSE.index(worst):
            worst = found["phase"]
            if why:
                said = f': "Error Message: {found["message"]}"' if found["message"] else ""
                message = f'Metric "{metric["name"]}" assessed {worst} due to {why}{said}'
    status["metricResults"] = [{key: value for key, value in each.items() if value != ""} for each in results.values()]
    status["runSummary"] = {"count": len(metrics), **_sums(list(results.values()))}
    status["dryRunSummary"] = {}
    status["phase"] = (worst or SUCCESSFUL) if ending else worst if whole else RUNNING
    if status["phase"] in COMPLETED:
        status["completedAt"] = now
        return {**status, **({"message": message} if message else {})}, None
    waits = [
        left
        for metric in metrics
        if results.get(metric["name"], {}).get("phase") not in COMPLETED
        and (left := wait(metric, results.get(metric["name"], {}), status["startedAt"])) is not None
    ]
    return status, max(0.05, min(waits)) if waits else None


def resolved(metric: Object, arguments: list[Object]) -> Object:
    """With the arguments in their places. Raises InvalidExpression."""
    given = {f"args.{each['name']}": each.get("value") for each in arguments}
    if missing := [name for name, value in given.items() if value is None]:
        raise InvalidExpression(f'argument "{missing[0].removeprefix("args.")}" was not supplied')

    def put(found: re.Match[str]) -> str:
        if (name := found[1].strip()) not in given:
            raise InvalidExpression(f"failed to resolve {{{{{found[1]}}}}}")
        return json.dumps(str(given[name]))[1:-1]

    filled: Object = json.loads(_ARGUMENT.sub(put, json.dumps(metric)))
    return filled


def wait(metric: Object, result: Object, started: str | None) -> float | None:
    """Seconds until a metric's next measurement; none where there is no further one."""
    done: list[Object] = result.get("measurements") or []
    if not done:
        delay = hurry.seconds(metric.get("initialDelay"))
        return 0.0 if not delay else hurry.left(started, delay) if started else delay / hurry.HASTE
    limit = times(metric)
    if limit is not None and int(result.get("count") or 0) >= limit:
        return None
    pause = ERROR_RETRY if done[-1]["phase"] == ERROR or not metric.get("interval") else hurry.seconds(metric["interval"])
    return hurry.left(done[-1]["finishedAt"], pause)


def times(metric: Object) -> int | None:
    """How often it is measured; none is for ever."""
    given = int(metric.get("count") or 0)
    return given or (None if metric.get("interval") else 1)


def measurement(metric: Object, ask: Ask) -> Object:
    """Asks, and judges the answer."""
    now = hurry.stamp(hurry.now())
    taken: Object = {"startedAt": now, "finishedAt": now}
    try:
        samples = ask(metric)
        judged = phase(metric.get("successCondition") or "", metric.get("failureCondition") or "", samples)
    except (NoAnswer, InvalidExpression) as problem:
        return {**taken, "phase": ERROR, "message": str(problem)}
    return {**taken, "phase": judged, "value": f"[{','.join(_written(each) for each in samples)}]"}


def counted(metric: Object, result: Object, taken: Object) -> Object:
    """A metric's result with one more measurement."""
    judged = taken["phase"]
    found: Object = {"phase": RUNNING, **copy.deepcopy(result), "name": metric["name"]}
    found["measurements"] = [*(found.get("measurements") or []), taken][-KEPT:]
    found[judged.lower()] = int(found.get(judged.lower()) or 0) + 1
    found["count"] = int(found.get("count") or 0) + (judged != ERROR)
    found["consecutiveError"] = int(found.get("consecutiveError") or 0) + 1 if judged == ERROR else 0
    found["consecutiveSuccess"] = int(found.get("consecutiveSuccess") or 0) + 1 if judged == SUCCESSFUL else 0
    if query := ((metric.get("provider") or {}).get("prometheus") or {}).get("query"):
        found["metadata"] = {"ResolvedPrometheusQuery": query}
    return found


def assessed(metric: Object, result: Object, ending: bool) -> tuple[str, str]:
    """A metric's phase, and which limit it went beyond."""
    worst, why = "", ""
    limits = ((FAILED, "failed", "failureLimit", 0), (INCONCLUSIVE, "inconclusive", "inconclusiveLimit", 0))
    for judged, field, limit, default in (*limits, (ERROR, "consecutiveError", "consecutiveErrorLimit", ERROR_LIMIT)):
        number, most = int(result.get(field) or 0), int(metric.get(limit, default))
        if most >= 0 and number > most:
            worst, why = judged, f"{field}{'s' if judged == ERROR else ''} ({number}) > {limit} ({most})"
    if result.get("phase") in COMPLETED:
        return str(result["phase"]), why
    if worst:
        return worst, why
    enough = int(metric.get("consecutiveSuccessLimit") or 0)
    if enough and int(result.get("consecutiveSuccess") or 0) >= enough:
        return SUCCESSFUL, ""
    most_times = times(metric)
    limit_reached = most_times is not None and int(result.get("count") or 0) >= most_times
    if limit_reached and enough:
        return (INCONCLUSIVE if int(metric.get("failureLimit") or 0) >= 0 else FAILED), ""
    return (SUCCESSFUL if limit_reached or ending else RUNNING), ""


def _sums(results: list[Object]) -> Object:
    over = [each["phase"] for each in results if each.get("phase") in COMPLETED]
    sums = {judged.lower(): over.count(judged) for judged in COMPLETED}
    return {key: number for key, number in sums.items() if number}


def _written(value: float) -> str:
    """As Prometheus writes a sample."""
    if value != value or value in (float("inf"), float("-inf")):
        return {"nan": "NaN", "inf": "+Inf", "-inf": "-Inf"}[str(value)]
    return str(int(value)) if value == int(value) else repr(value)
