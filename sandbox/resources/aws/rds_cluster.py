"""Aurora and multi-AZ clusters, as far as most programs go."""

from __future__ import annotations

from collections.abc import Iterator

from ...kind import Call, Failure, Kind, Properties, Record, Refusal
from . import arguments, rds_catalog, rds_instance_rules
from .account import zones
from .arguments import between
from .formats import ACCOUNT, arn, check_tags, fresh, kept, placed, region, text
from .placement import default_groups, digest, groups_elsewhere, key_exists, letters, texts, unknown_groups, zones_of
from .rds_groups import SUBNET_GROUP
from .rds_names import Fault, check_either, check_identifier, check_snapshot, made_up, rds_refused, rds_taken
from .validators import conflicts, required_with, snake
from .windows import check_daily, check_weekly

CLUSTER = "aws:rds/cluster:Cluster"
CLUSTER_INSTANCE = "aws:rds/clusterInstance:ClusterInstance"
CLUSTER_SNAPSHOT = "aws:rds/clusterSnapshot:ClusterSnapshot"
_CAPACITY = (0, 256)
"""Aurora capacity units."""
_DAYS = (1, 35)
_ARGUMENTS = {
    "backtrackWindow": between(0, 259200),
    "enabledCloudwatchLogsExports.*": arguments.among("audit", "error", "general", "iam-db-auth-error", "instance", "postgresql", "slowquery"),
    **dict.fromkeys(("kmsKeyId", "performanceInsightsKmsKeyId", "monitoringRoleArn"), arguments.an_arn),
    "restoreToPointInTime.restoreToTime": arguments.a_moment,
    "scalingConfiguration.secondsBeforeTimeout": between(60, 600),
    "scalingConfiguration.secondsUntilAutoPause": between(300, 86400),
    "serverlessv2ScalingConfiguration.maxCapacity": between(1, 256),
    "serverlessv2ScalingConfiguration.minCapacity": between(0, 256),
    "serverlessv2ScalingConfiguration.secondsUntilAutoPause": between(300, 86400),
}


def _name(call: Call) -> str:
    held = text(call.old.outputs.get("clusterIdentifier")) if call.old is not None else ""
    return text(call.inputs.get("clusterIdentifier")) or held or made_up(call, text(call.inputs.get("clusterIdentifierPrefix")))


def _check(call: Call) -> Iterator[Failure]:
    inputs = call.inputs
    yield from check_tags(call)
    yield from check_identifier("clusterIdentifier", inputs.get("clusterIdentifier"))
    yield from check_identifier("clusterIdentifierPrefix", inputs.get("clusterIdentifierPrefix"), prefix=True)
    yield from check_either(call, "clusterIdentifierPrefix", "clusterIdentifier")
    yield from check_snapshot("finalSnapshotIdentifier", inputs.get("finalSnapshotIdentifier"))
    yield from check_daily("preferredBackupWindow", "preferred_backup_window", inputs.get("preferredBackupWindow"))
    yield from check_weekly("preferredMaintenanceWindow", "preferred_maintenance_window", inputs.get("preferredMaintenanceWindow"))
    yield from arguments.check(call, _ARGUMENTS)
    yield from conflicts(call, "manageMasterUserPassword", "masterPassword", "masterPasswordWo")
    yield from conflicts(call, "snapshotIdentifier", "globalClusterIdentifier", "restoreToPointInTime", "s3Import")
    yield from conflicts(call, "restoreToPointInTime", "s3Import")
    yield from required_with(call, "masterPasswordWo", "masterPasswordWoVersion")
    yield from required_with(call, "masterPasswordWoVersion", "masterPasswordWo")
    yield from _check_moment(inputs.get("restoreToPointInTime"))
    days = inputs.get("backupRetentionPeriod")
    if isinstance(days, int) and days > _DAYS[1]:
        yield Failure("backupRetentionPeriod", f"expected backup_retention_period to be at most ({_DAYS[1]}), got {days}")


def _check_moment(given: object) -> Iterator[Failure]:
    for pair in (("restoreToTime", "useLatestRestorableTime"), ("sourceClusterIdentifier", "sourceClusterResourceId")):
        said = [name for name in pair if given.get(name) is not None] if isinstance(given, dict) else [pair[0]]
        if len(said) != 1:
            every = ",".join(f"restore_to_point_in_time.0.{snake(name)}" for name in pair)
            flaw = f"one of `{every}` must be specified" if not said else f"only one of `{every}` can be specified, but `{every}` were specified."
            yield Failure(f"restoreToPointInTime.{pair[0]}", f'"restore_to_point_in_time.0.{snake(pair[0])}": {flaw}')


def _replaces_on(old: Properties, new: Properties) -> frozenset[str]:
    """A snapshot may be left out once it is restored; only Aurora changes its storage."""
    paths = {"snapshotIdentifier"} if new.get("snapshotIdentifier") and old.get("snapshotIdentifier") != new.get("snapshotIdentifier") else set()
    if not text(new.get("engine")).startswith("aurora"):
        paths.add("storageType")
    return frozenset(paths)


def _no(call: Call, fault: Fault) -> Refusal:
    verb, operation = ("creating", "CreateDBCluster") if call.old is None else ("updating", "ModifyDBCluster")
    return rds_refused(f"{verb} RDS Cluster ({_name(call)})", operation, fault.code, fault.message, typed=fault.typed)


def _refuse(call: Call) -> None:
    fault = next(_faults(call), None)
    if fault is not None:
        raise _no(call, fault)


def _faults(call: Call) -> Iterator[Fault]:
    inputs, engine = call.inputs, text(call.inputs.get("engine"))
    wanted = text(inputs.get("engineVersion"))
    if rds_catalog.resolved(engine, wanted) is None:
        yield Fault("InvalidParameterCombination", f"Cannot find version {wanted} for {engine}")
    yield from rds_instance_rules.identity(_as_instance(call), engine)
    yield from rds_instance_rules.password({"password": inputs.get("masterPassword"), "passwordWo": inputs.get("masterPasswordWo")})
    if call.old is None and not any(inputs.get(path) for path in ("masterPassword", "masterPasswordWo", "manageMasterUserPassword", *_ORIGINS)):
        yield Fault("InvalidParameterValue", "The parameter MasterUserPassword must be provided and must not be blank.")
    key = text(inputs.get("kmsKeyId"))
    if key and not key_exists(call, key):
        why = "does not exist, is not enabled or you do not have permissions to access it."
        yield Fault("KMSKeyNotAccessibleFault", f"The specified KMS key [{key}] {why}", typed=True)
    name = text(inputs.get("dbSubnetGroupName"))
    group = call.cloud.get(SUBNET_GROUP, name)
    if name and group is None and name != "default":
        yield Fault("DBSubnetGroupNotFoundFault", f"DB subnet group '{name}' does not exist.", typed=True)
    yield from _group_faults(call, text(group.outputs.get("vpcId")) if group is not None else "")
    yield from _capacity(inputs)


_ORIGINS = ("snapshotIdentifier", "replicationSourceIdentifier", "restoreToPointInTime", "globalClusterIdentifier", "s3Import")


def _as_instance(call: Call) -> Call:
    inputs = call.inputs
    same = {"identifier": inputs.get("clusterIdentifier"), "username": inputs.get("masterUsername"), "dbName": inputs.get("databaseName")}
    return Call(type=call.type, urn=call.urn, inputs=same, config=call.config, cloud=call.cloud)


def _group_faults(call: Call, vpc: str) -> Iterator[Fault]:
    groups = texts(call.inputs.get("vpcSecurityGroupIds"))
    for group in unknown_groups(call, groups):
        yield Fault("InvalidParameterValue", f"Invalid security group , groupId= {group}, groupName=.")
    for other in groups_elsewhere(call, groups, vpc) if vpc else ():
        places = f"The DB instance is in {vpc} and the EC2 security group is in {other}"
        yield Fault("InvalidParameterCombination", f"The DB instance and EC2 security group are in different VPCs. {places}")


def _capacity(inputs: Properties) -> Iterator[Fault]:
    scaling = inputs.get("serverlessv2ScalingConfiguration")
    low, high = (scaling.get("minCapacity"), scaling.get("maxCapacity")) if isinstance(scaling, dict) else (None, None)
    if isinstance(low, int | float) and isinstance(high, int | float):
        if not _CAPACITY[0] <= low <= high <= _CAPACITY[1] or high < 1:
            yield Fault("InvalidParameterValue", f"Serverless v2 capacity {low} isn't valid. The minimum capacity must be at most the maximum, {high}.")
        if low * 2 % 1 or high * 2 % 1:
            yield Fault("InvalidParameterValue", "Serverless v2 capacity must be a multiple of 0.5.")


def _outputs(call: Call) -> Properties:
    inputs, engine, name = call.inputs, text(call.inputs.get("engine")), _name(call)
    version = rds_catalog.resolved(engine, text(inputs.get("engineVersion"))) or text(inputs.get("engineVersion"))
    account = letters(digest(ACCOUNT, region(call), "rds"), 11)
    group = call.cloud.get(SUBNET_GROUP, text(inputs.get("dbSubnetGroupName")))
    subnets = texts(group.inputs.get("subnetIds")) if group is not None else []
    vpc = text(group.outputs.get("vpcId")) if group is not None else ""
    members = [record.id for record in call.cloud.find(CLUSTER_INSTANCE, clusterIdentifier=name)]
    return {
        **placed(call),
        "arn": arn(call, "rds", f"cluster:{name}"),
        "clusterIdentifier": name,
        "clusterResourceId": kept(call, "clusterResourceId", lambda: f"cluster-{letters(fresh(call, 64), 26, 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567')}"),
        "endpoint": f"{name}.cluster-c{account}.{region(call)}.rds.amazonaws.com",
        "readerEndpoint": f"{name}.cluster-ro-c{account}.{region(call)}.rds.amazonaws.com",
        "port": inputs.get("port") or rds_catalog.PORTS.get(engine, 3306),
        "engineVersion": inputs.get("engineVersion") or version,
        "engineVersionActual": version,
        "availabilityZones": inputs.get("availabilityZones") or zones_of(call, subnets) or zones(region(call))[:3],
        "clusterMembers": inputs.get("clusterMembers") or members,
        "backupRetentionPeriod": inputs.get("backupRetentionPeriod") or 1,
        "dbClusterParameterGroupName": inputs.get("dbClusterParameterGroupName") or f"default.{rds_catalog.family(engine, version)}",
        "dbSubnetGroupName": inputs.get("dbSubnetGroupName") or "default",
        "vpcSecurityGroupIds": texts(inputs.get("vpcSecurityGroupIds")) or default_groups(call, vpc),
        "storageEncrypted": inputs.get("storageEncrypted") or False,
        "masterUserSecrets": [],
        "hostedZoneId": "Z" + letters(digest(region(call), "cluster zone"), 13, "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"),
        "status": "available",
    }


def _delete(call: Call) -> None:
    inputs, name = call.inputs, _name(call)
    doing, final = f"deleting RDS Cluster ({name})", text(inputs.get("finalSnapshotIdentifier"))
    if inputs.get("skipFinalSnapshot") is not True and not final:
        message = "RDS Cluster final_snapshot_identifier is required when skip_final_snapshot is false"
        raise Refusal(message)
    if inputs.get("deletionProtection") is True:
        message = "Cannot delete protected Cluster, please disable deletion protection and try again."
        raise rds_refused(doing, "DeleteDBCluster", "InvalidParameterCombination", message)
    if any(call.cloud.find(CLUSTER_INSTANCE, clusterIdentifier=name)):
        message = "Cluster cannot be deleted, it still contains DB instances in non-deleting state."
        raise rds_refused(doing, "DeleteDBCluster", "InvalidDBClusterStateFault", message, typed=True)
    if inputs.get("skipFinalSnapshot") is not True and call.cloud.get(CLUSTER_SNAPSHOT, final) is not None:
        message = f"Cannot create the cluster snapshot because one with the identifier {final} already exists."
        raise rds_refused(doing, "DeleteDBCluster", "DBClusterSnapshotAlreadyExistsFault", message, typed=True)


def _leaves(call: Call) -> Iterator[Record]:
    final = text(call.inputs.get("finalSnapshotIdentifier"))
    if call.inputs.get("skipFinalSnapshot") is not True and final:
        held = {"dbClusterIdentifier": _name(call), "dbClusterSnapshotIdentifier": final, "region": region(call), "status": "available"}
        yield Record(type=CLUSTER_SNAPSHOT, id=final, urn=call.urn, inputs={}, outputs=held)


KINDS = (
    Kind(
        token=CLUSTER,
        identify=_name,
        outputs=_outputs,
        defaults=lambda _call: {"copyTagsToSnapshot": False, "deleteAutomatedBackups": True, "engineMode": "provisioned", "skipFinalSnapshot": False},
        check=_check,
        replaces=frozenset(
            {
                *("availabilityZones", "clusterIdentifier", "clusterIdentifierPrefix", "databaseName", "dbSubnetGroupName", "dbSystemId", "engine"),
                *("clusterScalabilityType", "engineMode", "kmsKeyId", "masterUsername", "restoreToPointInTime", "s3Import", "sourceRegion"),
                "storageEncrypted",
            }
        ),
        replaces_on=_replaces_on,
        taken=rds_taken("RDS Cluster", "CreateDBCluster", "DBClusterAlreadyExistsFault", "DB Cluster already exists"),
        create=_refuse,
        update=_refuse,
        delete=_delete,
        leaves=_leaves,
    ),
)
"""The cluster."""
