"""The instances of a cluster, and the parameter groups of clusters."""

from __future__ import annotations

from collections.abc import Iterator

from ...kind import Call, Failure, Kind, Properties
from . import arguments, rds_catalog
from .account import zones
from .formats import ACCOUNT, arn, check_tags, fresh, kept, placed, region, text
from .iam_trust import trusts
from .placement import SUBNETS, digest, in_zones, interfaces, letters, texts, zones_of
from .rds_cluster import CLUSTER, CLUSTER_INSTANCE
from .rds_groups import SUBNET_GROUP, named
from .rds_names import check_either, check_identifier, check_parameter_group, made_up, rds_refused, rds_taken
from .rds_parameters import INSTANCE
from .windows import check_daily, check_weekly

CLUSTER_PARAMETERS = "aws:rds/clusterParameterGroup:ClusterParameterGroup"
_MONTH = 31
_INSIGHT_DAYS = (7, 731)


def _of_months(name: str, value: object) -> str:
    fits = not isinstance(value, int) or value in _INSIGHT_DAYS or (_INSIGHT_DAYS[0] <= value <= _INSIGHT_DAYS[1] and value % _MONTH == 0)
    return "" if fits else f"expected {name} to be one of [7 731], or to be divisible by {_MONTH}, got: {value}"


_ARGUMENTS = {
    "customIamInstanceProfile": arguments.fitting(r"^AWSRDSCustom.*$", "must begin with AWSRDSCustom"),
    "performanceInsightsKmsKeyId": arguments.an_arn,
    "performanceInsightsRetentionPeriod": _of_months,
}


def _member(call: Call) -> str:
    held = text(call.old.outputs.get("identifier")) if call.old is not None else ""
    return text(call.inputs.get("identifier")) or held or made_up(call, text(call.inputs.get("identifierPrefix")))


def _check_instance(call: Call) -> Iterator[Failure]:
    yield from check_tags(call)
    yield from check_identifier("identifier", call.inputs.get("identifier"))
    yield from check_identifier("identifierPrefix", call.inputs.get("identifierPrefix"), prefix=True)
    yield from check_either(call, "identifierPrefix", "identifier")
    yield from check_daily("preferredBackupWindow", "preferred_backup_window", call.inputs.get("preferredBackupWindow"))
    yield from check_weekly("preferredMaintenanceWindow", "preferred_maintenance_window", call.inputs.get("preferredMaintenanceWindow"))
    yield from arguments.check(call, _ARGUMENTS)


def _refuse_instance(call: Call) -> None:
    inputs, name = call.inputs, _member(call)
    verb, operation = ("creating", "CreateDBInstance") if call.old is None else ("updating", "ModifyDBInstance")
    doing, of = f"{verb} RDS Cluster ({inputs.get('clusterIdentifier')}) Instance ({name})", text(inputs.get("clusterIdentifier"))
    cluster = call.cloud.get(CLUSTER, of)
    if cluster is None:
        raise rds_refused(doing, operation, "DBClusterNotFoundFault", "Source cluster could not be found", typed=True, status=404)
    if cluster.outputs.get("engine") != inputs.get("engine"):
        message = f"The engine name requested for your DB instance ({inputs.get('engine')}) doesn't match the engine name of your DB cluster."
        raise rds_refused(doing, operation, "InvalidParameterCombination", message)
    if call.old is None and any(call.cloud.find(INSTANCE, identifier=name, region=region(call))):
        raise rds_refused(doing, operation, "DBInstanceAlreadyExists", "DB instance already exists", typed=True)
    wrong = rds_catalog.class_fault(text(inputs.get("instanceClass")))
    if wrong:
        raise rds_refused(doing, operation, "InvalidParameterValue", f"Invalid DB Instance class: {inputs.get('instanceClass')}")
    if inputs.get("instanceClass") == "db.serverless" and not cluster.inputs.get("serverlessv2ScalingConfiguration"):
        message = "Set the Serverless v2 scaling configuration on the parent DB cluster before creating a Serverless v2 DB instance."
        raise rds_refused(doing, operation, "InvalidDBClusterStateFault", message, typed=True)
    if inputs.get("monitoringInterval") and not trusts(call, text(inputs.get("monitoringRoleArn")), "monitoring.rds.amazonaws.com"):
        message = "IAM role ARN value is invalid or does not include the required permissions for: ENHANCED_MONITORING"
        raise rds_refused(doing, operation, "InvalidParameterValue", message)


def _instance_outputs(call: Call) -> Properties:
    cluster = call.cloud.get(CLUSTER, text(call.inputs.get("clusterIdentifier")))
    held, name = cluster.outputs if cluster is not None else {}, _member(call)
    group = call.cloud.get(SUBNET_GROUP, text(held.get("dbSubnetGroupName")))
    subnets = texts(group.inputs.get("subnetIds")) if group is not None else []
    possible = zones_of(call, subnets) or zones(region(call))
    first = next((record.id for record in call.cloud.find(CLUSTER_INSTANCE, clusterIdentifier=text(held.get("clusterIdentifier")))), call.id)
    zone = text(call.inputs.get("availabilityZone")) or kept(call, "availabilityZone", lambda: possible[int(digest(call.urn)[:6], 16) % len(possible)])
    account = letters(digest(ACCOUNT, region(call), "rds"), 11)
    return {
        **placed(call),
        "arn": arn(call, "rds", f"db:{name}"),
        "identifier": name,
        "availabilityZone": zone,
        "dbiResourceId": kept(call, "dbiResourceId", lambda: f"db-{letters(fresh(call, 64), 26, 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567')}"),
        "dbSubnetGroupName": held.get("dbSubnetGroupName") or "",
        "endpoint": f"{name}.c{account}.{region(call)}.rds.amazonaws.com",
        "engineVersion": held.get("engineVersion") or "",
        "engineVersionActual": held.get("engineVersionActual") or "",
        "kmsKeyId": held.get("kmsKeyId") or "",
        "networkType": "IPV4",
        "port": held.get("port") or 0,
        "storageEncrypted": held.get("storageEncrypted") or False,
        "vpcSecurityGroupIds": held.get("vpcSecurityGroupIds") or [],
        "writer": first == call.id,
        SUBNETS: in_zones(call, subnets, [zone]),
    }


def _check_group(call: Call) -> Iterator[Failure]:
    yield from check_tags(call)
    yield from check_parameter_group("name", call.inputs.get("name"))
    yield from check_either(call, "namePrefix", "name")


def _refuse_group(call: Call) -> None:
    family = text(call.inputs.get("family"))
    if family not in rds_catalog.families():
        doing, message = f"creating RDS Cluster Parameter Group ({named(call)})", f"ParameterGroupFamily {family} is not a valid parameter group family"
        raise rds_refused(doing, "CreateDBClusterParameterGroup", "InvalidParameterValue", message)


def _delete_group(call: Call) -> None:
    if next(call.cloud.find(CLUSTER, dbClusterParameterGroupName=call.id), None) is not None:
        message = f"One or more database instances are still members of this parameter group {call.id}, so the group cannot be deleted"
        doing = f"deleting RDS Cluster Parameter Group ({call.id})"
        raise rds_refused(doing, "DeleteDBClusterParameterGroup", "InvalidDBParameterGroupState", message, typed=True)


KINDS = (
    Kind(
        token=CLUSTER_INSTANCE,
        identify=_member,
        outputs=_instance_outputs,
        defaults=lambda _call: {
            "autoMinorVersionUpgrade": True,
            "copyTagsToSnapshot": False,
            "forceDestroy": False,
            "monitoringInterval": 0,
            "promotionTier": 0,
        },
        check=_check_instance,
        replaces=frozenset(
            {"availabilityZone", "clusterIdentifier", "customIamInstanceProfile", "dbSubnetGroupName", "engine", "identifier", "identifierPrefix"}
        ),
        taken=rds_taken("RDS Cluster Instance", "CreateDBInstance", "DBInstanceAlreadyExists", "DB instance already exists"),
        create=_refuse_instance,
        update=_refuse_instance,
    ),
    Kind(
        token=CLUSTER_PARAMETERS,
        identify=named,
        outputs=lambda call: {**placed(call), "name": call.id, "arn": arn(call, "rds", f"cluster-pg:{call.id}")},
        defaults=lambda _call: {"description": "Managed by Pulumi"},
        check=_check_group,
        replaces=frozenset({"description", "family", "name", "namePrefix"}),
        name_limit=255,
        taken=rds_taken("RDS Cluster Parameter Group", "CreateDBClusterParameterGroup", "DBParameterGroupAlreadyExists", "Parameter group {id} already exists"),
        create=_refuse_group,
        delete=_delete_group,
    ),
)
"""Instances and parameter groups."""

INTERFACES = {CLUSTER_INSTANCE: lambda record: interfaces(record, "vpcSecurityGroupIds")}
"""One network interface an instance."""
