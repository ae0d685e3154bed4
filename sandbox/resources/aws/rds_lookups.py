"""Databases, versions, machine classes and groups of RDS looked up."""

from __future__ import annotations

from ...kind import Call, Function, Properties, Refusal
from . import rds_catalog
from .account import zones
from .formats import region, text
from .placement import texts
from .rds_groups import SUBNET_GROUP
from .rds_names import rds_refused
from .rds_parameters import INSTANCE

_DIRECT = (
    *("address", "allocatedStorage", "autoMinorVersionUpgrade", "availabilityZone", "backupRetentionPeriod", "caCertIdentifier", "databaseInsightsMode"),
    *("dbName", "endpoint", "engine", "hostedZoneId", "iops", "kmsKeyId", "licenseModel", "masterUserSecrets", "maxAllocatedStorage", "monitoringInterval"),
    *("monitoringRoleArn", "multiAz", "networkType", "port", "publiclyAccessible", "resourceId", "storageEncrypted", "storageThroughput", "storageType"),
    *("timezone", "upgradeRolloutOrder"),
)
_RENAMED = {
    "dbInstanceArn": "arn",
    "dbInstanceClass": "instanceClass",
    "dbInstanceIdentifier": "identifier",
    "dbInstancePort": "port",
    "dbSubnetGroup": "dbSubnetGroupName",
    "engineVersion": "engineVersionActual",
    "masterUsername": "username",
    "preferredBackupWindow": "backupWindow",
    "preferredMaintenanceWindow": "maintenanceWindow",
    "tags": "tagsAll",
    "vpcSecurityGroups": "vpcSecurityGroupIds",
}


def _instance(call: Call) -> Properties:
    name = text(call.inputs.get("dbInstanceIdentifier"))
    found = next(call.cloud.find(INSTANCE, identifier=name), None)
    if found is None:
        message = f"DBInstance {name} not found."
        raise rds_refused(f"reading RDS DB Instance ({name})", "DescribeDBInstances", "DBInstanceNotFound", message, typed=True, status=404)
    held = found.outputs
    return {
        **{key: held.get(key) for key in _DIRECT},
        **{key: held.get(other) for key, other in _RENAMED.items()},
        "id": name,
        "region": region(call),
        "dbClusterIdentifier": "",
        "dbParameterGroups": [held.get("parameterGroupName")],
        "optionGroupMemberships": [held.get("optionGroupName")],
        "enabledCloudwatchLogsExports": held.get("enabledCloudwatchLogsExports") or [],
        "replicateSourceDb": held.get("replicateSourceDb") or "",
    }


def _version(call: Call) -> Properties:
    inputs, engine = call.inputs, text(call.inputs.get("engine"))
    every = [version for version in rds_catalog.versions(engine) if _wanted(call, engine, version)]
    preferred = next((version for version in texts(inputs.get("preferredVersions")) if version in every), None)
    if not every or (texts(inputs.get("preferredVersions")) and preferred is None):
        message = "no RDS engine version matches the criteria: try different search"
        raise Refusal(message)
    chosen = preferred or (rds_catalog.resolved(engine, "") if inputs.get("defaultOnly") is True else None) or every[-1]
    later = [version for version in rds_catalog.versions(engine) if rds_catalog.number(version) > rds_catalog.number(chosen)]
    minor = [version for version in later if rds_catalog.major(engine, version) == rds_catalog.major(engine, chosen)]
    return {
        **inputs,
        "id": chosen,
        "version": inputs.get("version") or chosen,
        "versionActual": chosen,
        "versionDescription": f"{'PostgreSQL' if engine == rds_catalog.POSTGRES else engine} {chosen}",
        "engineDescription": "PostgreSQL" if engine == rds_catalog.POSTGRES else engine,
        "parameterGroupFamily": rds_catalog.family(engine, chosen),
        "exportableLogTypes": sorted(rds_catalog.LOGS.get(engine, ())),
        "region": region(call),
        "status": "available",
        "defaultCharacterSet": "",
        "validUpgradeTargets": later,
        "validMinorTargets": minor,
        "validMajorTargets": [version for version in later if version not in minor],
        **{key: [] for key in ("supportedCharacterSets", "supportedFeatureNames", "supportedModes", "supportedTimezones")},
        **dict.fromkeys(("supportsGlobalDatabases", "supportsParallelQuery", "supportsLimitlessDatabase", "supportsLocalWriteForwarding"), False),
        **dict.fromkeys(("supportsLogExportsToCloudwatch", "supportsReadReplica", "supportsCertificateRotationWithoutRestart", "supportsIntegrations"), True),
    }


def _wanted(call: Call, engine: str, version: str) -> bool:
    inputs = call.inputs
    wanted, family = text(inputs.get("version")), text(inputs.get("parameterGroupFamily"))
    if wanted and version != wanted and not version.startswith(f"{wanted}."):
        return False
    return not family or rds_catalog.family(engine, version) == family


def _orderable(call: Call) -> Properties:
    inputs, engine = call.inputs, text(call.inputs.get("engine"))
    version = rds_catalog.resolved(engine, text(inputs.get("engineVersion")))
    wanted = [text(inputs.get("instanceClass"))] if inputs.get("instanceClass") else texts(inputs.get("preferredInstanceClasses")) or rds_catalog.classes()
    chosen = next((name for name in wanted if not rds_catalog.class_fault(name)), None)
    if engine not in rds_catalog.ENGINES or version is None or chosen is None:
        message = "no RDS DB Instance Classes found matching the criteria: try different search"
        raise Refusal(message)
    return {
        **inputs,
        "id": chosen,
        "instanceClass": chosen,
        "engineVersion": version,
        "licenseModel": rds_catalog.LICENSES.get(engine, "license-included"),
        "availabilityZones": zones(region(call)),
        "availabilityZoneGroup": region(call),
        "region": region(call),
        "storageType": inputs.get("storageType") or "gp3",
        "minStorageSize": 20,
        "maxStorageSize": 65536,
        **dict.fromkeys(("maxIopsPerDbInstance", "maxIopsPerGib", "minIopsPerDbInstance", "minIopsPerGib"), 0),
        **dict.fromkeys(("multiAzCapable", "readReplicaCapable", "supportsStorageEncryption", "supportsIamDatabaseAuthentication", "vpc"), True),
        **dict.fromkeys(("supportsEnhancedMonitoring", "supportsStorageAutoscaling", "supportsMultiAz"), True),
        **dict.fromkeys(("outpostCapable", "supportsClusters", "supportsGlobalDatabases", "supportsIops", "supportsKerberosAuthentication"), False),
        "supportsPerformanceInsights": rds_catalog.insights(engine, chosen),
        "supportedEngineModes": ["provisioned"],
        "supportedNetworkTypes": ["IPV4"],
    }


def _subnet_group(call: Call) -> Properties:
    name = text(call.inputs.get("name"))
    found = call.cloud.get(SUBNET_GROUP, name)
    if found is None:
        doing, message = f"reading RDS DB Subnet Group ({name})", f"DB subnet group '{name}' does not exist."
        raise rds_refused(doing, "DescribeDBSubnetGroups", "DBSubnetGroupNotFoundFault", message, typed=True, status=404)
    held = {key: found.outputs.get(key) for key in ("arn", "description", "name", "subnetIds", "supportedNetworkTypes", "vpcId")}
    return {**held, "id": name, "region": region(call), "status": "Complete"}


FUNCTIONS = (
    Function(token="aws:rds/getInstance:getInstance", answer=_instance),
    Function(token="aws:rds/getEngineVersion:getEngineVersion", answer=_version),
    Function(token="aws:rds/getOrderableDbInstance:getOrderableDbInstance", answer=_orderable),
    Function(token="aws:rds/getSubnetGroup:getSubnetGroup", answer=_subnet_group),
)
"""What programs ask of RDS."""
