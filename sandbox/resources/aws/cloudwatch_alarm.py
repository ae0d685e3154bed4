"""CloudWatch alarms on metrics."""

from __future__ import annotations

from collections.abc import Iterator

from ...kind import Call, Failure, Kind, Properties
from . import arguments
from .compute_checks import at_least, block, is_arn, items, matches, one_of
from .formats import arn, check_tags, placed, refused
from .validators import conflicts

ALARM = "aws:cloudwatch/metricAlarm:MetricAlarm"
_OPERATORS = (
    "GreaterThanOrEqualToThreshold",
    "GreaterThanThreshold",
    "LessThanThreshold",
    "LessThanOrEqualToThreshold",
    "LessThanLowerOrGreaterThanUpperThreshold",
    "LessThanLowerThreshold",
    "GreaterThanUpperThreshold",
)
_STATISTICS = ("SampleCount", "Average", "Sum", "Minimum", "Maximum")
_PERIODS = (10, 20, 30)
"""Seconds that a period may have below a minute."""
_MINUTE, _HOUR, _DAY, _WEEK = 60, 3600, 86400, 604800
_MOST_ACTIONS = 5
_ACTIONS = ("alarmActions", "insufficientDataActions", "okActions")


def _defaults(_call: Call) -> Properties:
    return {"actionsEnabled": True, "treatMissingData": "missing"}


_SIZES = ("", "kilo", "mega", "giga", "tera")
_ARGUMENTS = {
    "alarmDescription": arguments.long(0, 1024),
    "metricName": arguments.long(1, 255),
    "namespace": arguments.long(1, 255),
    "thresholdMetricId": arguments.long(1, 255),
    "unit": arguments.among(
        *("Seconds", "Microseconds", "Milliseconds", "Percent", "Count", "Count/Second", "None"),
        *(f"{size}{unit}{rate}".capitalize().replace("/s", "/S") for unit in ("bytes", "bits") for rate in ("", "/Second") for size in _SIZES),
    ),
}


def _check(call: Call) -> Iterator[Failure]:
    inputs = call.inputs
    yield from check_tags(call)
    yield from matches("name", inputs.get("name"), r"(?s)^.{1,255}$", "must be 1 to 255 characters")
    yield from one_of("comparisonOperator", inputs.get("comparisonOperator"), _OPERATORS)
    yield from one_of("statistic", inputs.get("statistic"), _STATISTICS)
    yield from one_of("treatMissingData", inputs.get("treatMissingData"), ("breaching", "notBreaching", "ignore", "missing"))
    yield from one_of("evaluateLowSampleCountPercentiles", inputs.get("evaluateLowSampleCountPercentiles"), ("evaluate", "ignore"))
    yield from matches(
        "extendedStatistic", inputs.get("extendedStatistic"), r"^((p|tm|tc|ts|wm|PR|TM|TC|TS|WM|IQM|iqm)[\d().:%]*|IQM)$", "must be a percentile"
    )
    for name in ("evaluationPeriods", "datapointsToAlarm"):
        yield from at_least(name, inputs.get(name), 1)
    period = inputs.get("period")
    if isinstance(period, int) and period not in _PERIODS and (period < _MINUTE or period % _MINUTE):
        yield Failure("period", f"expected period to be one of [10 20 30] or a multiple of 60, got {period}")
    for name in _ACTIONS:
        if len(items(inputs.get(name))) > _MOST_ACTIONS:
            yield Failure(name, f"Too many list items: at most {_MOST_ACTIONS} actions are allowed")
        for number, one in enumerate(items(inputs.get(name))):
            yield from is_arn(f"{name}[{number}]", one)
    yield from arguments.check(call, _ARGUMENTS)
    yield from conflicts(call, "threshold", "thresholdMetricId")
    yield from _check_metric(inputs)


def _check_metric(inputs: Properties) -> Iterator[Failure]:
    queries, criteria = inputs.get("metricQueries"), inputs.get("evaluationCriteria")
    if inputs.get("metricName") is None and not queries and not criteria:
        yield Failure("metricName", "One of `metric_name` or `metric_query` must be set for a cloudwatch metric alarm")
    if inputs.get("metricName") is not None and queries:
        yield Failure("metricName", '"metric_name": conflicts with metric_query')
    if inputs.get("statistic") is not None and inputs.get("extendedStatistic") is not None:
        yield Failure("statistic", '"statistic": conflicts with extended_statistic')
    ids = [block(one).get("id") for one in items(queries)]
    if len(set(ids)) < len(ids):
        yield Failure("metricQueries", "the ids of metric queries must be unique")


def _put(call: Call) -> None:
    for why in _flaws(call.inputs):
        doing = f"{'creating' if call.old is None else 'updating'} CloudWatch Metric Alarm ({call.inputs['name']})"
        raise refused(doing, "CloudWatch: PutMetricAlarm", "ValidationError", why)


def _flaws(inputs: Properties) -> Iterator[str]:
    periods, points, period = inputs.get("evaluationPeriods"), inputs.get("datapointsToAlarm"), inputs.get("period")
    if isinstance(points, int) and isinstance(periods, int) and points > periods:
        yield "DatapointsToAlarm must be less than or equal to EvaluationPeriods"
    if inputs.get("metricName") is None:
        return
    for name, shown in (("namespace", "Namespace"), ("period", "Period")):
        if inputs.get(name) is None:
            yield f"The parameter {shown} is required."
    if inputs.get("statistic") is None and inputs.get("extendedStatistic") is None:
        yield "Exactly one of Statistic and ExtendedStatistic must be specified"
    if inputs.get("threshold") is None and inputs.get("thresholdMetricId") is None:
        yield "The parameter Threshold is required."
    if isinstance(period, int) and isinstance(periods, int) and period * periods > (_WEEK if period >= _HOUR else _DAY):
        limit = "a week" if period >= _HOUR else "a day"
        yield f"Metrics cannot be checked across more than {limit} (EvaluationPeriods * Period must be <= {_WEEK if period >= _HOUR else _DAY})."


KINDS = (
    Kind(
        token=ALARM,
        identify=lambda call: str(call.inputs["name"]),
        outputs=lambda call: {**placed(call), "arn": arn(call, "cloudwatch", f"alarm:{call.inputs['name']}")},
        defaults=_defaults,
        check=_check,
        replaces=frozenset({"name"}),
        name_limit=255,
        lower_name=False,
        adopts=lambda _call: True,
        create=_put,
        update=_put,
    ),
)
"""The alarm; putting one that is there changes it."""
