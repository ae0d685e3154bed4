"""Cloud Run jobs and worker pools."""

from __future__ import annotations

from ...kind import Call, Kind, Properties
from . import cloudrun_rules as rules
from .cloudrun import granted, grants_on, guarded
from .cloudrun_access import account
from .cloudrun_names import CHANGES, life, revision
from .compute_network import SUBNETWORK
from .lifecycle import deletes, network_reference, reference
from .names import identity, imported, labelled, location, project, text

JOB = "gcp:cloudrunv2/job:Job"
POOL = "gcp:cloudrunv2/workerPool:WorkerPool"
_JOB_ID = "projects/{project}/locations/{location}/jobs/{name}"
_POOL_ID = "projects/{project}/locations/{location}/workerPools/{name}"
_API = "run.googleapis.com"
_JOB_GRANTS = ("gcp:cloudrunv2/jobIamMember:JobIamMember", "gcp:cloudrunv2/jobIamBinding:JobIamBinding")
_POOL_GRANTS = ("gcp:cloudrunv2/workerPoolIamMember:WorkerPoolIamMember", "gcp:cloudrunv2/workerPoolIamBinding:WorkerPoolIamBinding")
_LONGEST_TASK = 7 * 24 * 3600
"""Seconds that a task may take (Cloud Run jobs, "Task timeout": 168 hours)."""
_MOST_TASKS = 10_000
_MOST_RETRIES = 10


def _execution(call: Call) -> Properties:
    template = call.inputs.get("template")
    return template if isinstance(template, dict) else {}


def _task(call: Call) -> Properties:
    template = _execution(call).get("template")
    return template if isinstance(template, dict) else {}


def _refuse_job(call: Call) -> None:
    task, execution = _task(call), _execution(call)
    rules.refuse(call, "Job", task, "template.template", _LONGEST_TASK)
    count, parallel, retries = execution.get("taskCount") or 1, execution.get("parallelism") or 0, task.get("maxRetries")
    why = None
    if not 1 <= count <= _MOST_TASKS:
        why = f"template.task_count: Must be between 1 and {_MOST_TASKS}, got {count}"
    elif parallel > count:
        why = f"template.parallelism: Must not be greater than task_count ({count}), got {parallel}"
    elif retries is not None and not 0 <= retries <= _MOST_RETRIES:
        why = f"template.template.max_retries: Must be between 0 and {_MOST_RETRIES}, got {retries}"
    elif any(one.get("livenessProbe") for one in task.get("containers") or ()):
        why = "template.template.containers[0].liveness_probe: liveness probes are not supported for jobs"
    if why is not None:
        raise rules.failed(call, "Job", why)
    rules.refuse_revision(call, "Job", task, text(call.inputs.get("name")))


def _job_outputs(call: Call) -> Properties:
    task = {"timeout": "600s", "maxRetries": 3, "serviceAccount": account(call, _task(call)), **_task(call)}
    return {
        **labelled(call),
        **life(call),
        "project": project(call),
        "location": location(call),
        "template": {"taskCount": 1, **_execution(call), "template": task},
        "executionCount": 0,
        "latestCreatedExecutions": [],
        "conditions": [],
    }


def _refuse_pool(call: Call) -> None:
    template = _execution(call)
    rules.refuse(call, "WorkerPool", template, "template", 3600)
    count = (call.inputs.get("scaling") or {}).get("manualInstanceCount")
    if isinstance(count, int) and count < 0:
        raise rules.failed(call, "WorkerPool", f"scaling.manual_instance_count: Must be at least 0, got {count}")
    rules.refuse_revision(call, "WorkerPool", template, revision(call))


def _pool_outputs(call: Call) -> Properties:
    serving = revision(call)
    splits = call.inputs.get("instanceSplits") or [{"type": "INSTANCE_SPLIT_ALLOCATION_TYPE_LATEST", "percent": 100}]
    return {
        **labelled(call),
        **life(call),
        "project": project(call),
        "location": location(call),
        "latestCreatedRevision": serving,
        "latestReadyRevision": serving,
        "instanceSplits": splits,
        "instanceSplitStatuses": [{"revision": serving, **split} for split in splits],
        "conditions": [],
        "template": {"serviceAccount": account(call, _execution(call)), **_execution(call)},
    }


KINDS = (
    Kind(
        token=JOB,
        identify=identity(_JOB_ID),
        outputs=_job_outputs,
        defaults=lambda _call: {"deletionProtection": True},
        replaces=frozenset({"location", "name", "project", "tags"}),
        taken="Error creating Job: googleapi: Error 409: Resource '{name}' already exists.",
        references=(
            reference("template.template.vpcAccess.networkInterfaces.*.subnetwork", SUBNETWORK),
            network_reference("template.template.vpcAccess.networkInterfaces.*.network"),
        ),
        api=_API,
        create=_refuse_job,
        update=_refuse_job,
        delete=guarded("job", "google_cloud_run_v2_job"),
        deleted=deletes,
        carries=granted(_JOB_GRANTS),
        volatile=CHANGES,
        import_id=imported(_JOB_ID),
    ),
    Kind(
        token=POOL,
        identify=identity(_POOL_ID),
        outputs=_pool_outputs,
        defaults=lambda _call: {"deletionProtection": True},
        replaces=frozenset({"location", "name", "project", "template.containers.dependsOns"}),
        taken="Error creating WorkerPool: googleapi: Error 409: Resource '{name}' already exists.",
        references=(
            reference("template.vpcAccess.networkInterfaces.*.subnetwork", SUBNETWORK),
            network_reference("template.vpcAccess.networkInterfaces.*.network"),
        ),
        api=_API,
        create=_refuse_pool,
        update=_refuse_pool,
        delete=guarded("workerpool", "google_cloud_run_v2_worker_pool"),
        deleted=deletes,
        carries=granted(_POOL_GRANTS),
        volatile=CHANGES | {"latestCreatedRevision", "latestReadyRevision", "instanceSplitStatuses"},
        import_id=imported(_POOL_ID),
    ),
    *grants_on(_JOB_GRANTS, JOB, _JOB_ID),
    *grants_on(_POOL_GRANTS, POOL, _POOL_ID),
)
"""Jobs, worker pools and the grants on them."""
