"""What RDS computes for an instance: endpoint, ids, the secret of its password, and the API's defaults."""

from __future__ import annotations

import json

from ...kind import UNKNOWN, Call, Properties, Record
from . import rds_catalog, rds_storage
from .account import zones
from .formats import ACCOUNT, arn, fresh, kept, partition, placed, region, text
from .placement import SUBNETS, default_groups, digest, in_zones, letters, texts, zones_of
from .rds_instance_world import source, subnets_of
from .rds_names import made_up
from .rds_snapshots import SNAPSHOT

SECRET = "aws:secretsmanager/secret:Secret"  # noqa: S105 - a type token
VERSION = "aws:secretsmanager/secretVersion:SecretVersion"
LOG_GROUP = "aws:cloudwatch/logGroup:LogGroup"
_ZONES = {
    "eu-central-1": "Z1RLNUO7B9Q6NB",
    "eu-west-1": "Z29XKXDKYMONMX",
    "us-east-1": "Z2R2ITUGPM61AM",
    "us-east-2": "Z2XHWR1WZ565X2",
    "us-west-2": "Z1PVIF0B656C1W",
}
"""Hosted zones of RDS's own names by region, as far as they are widely seen; elsewhere an id of the same form."""
_INSIGHT_DAYS = 7
_CAPITALS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
_PRINTABLE = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789!#$%&*()-_=+[]{}<>:?"
_RESOURCE_LENGTH = 26
_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def identifier(call: Call) -> str:
    """The instance's name in the account: as given, or made up."""
    said = text(call.inputs.get("identifier"))
    if said:
        return said
    held = text(call.old.outputs.get("identifier")) if call.old is not None else ""
    return held or made_up(call, text(call.inputs.get("identifierPrefix")))


def resource_id(call: Call) -> str:
    """`db-` and 26 letters and digits: what the instance keeps through every rename, and the provider's id."""
    return f"db-{letters(fresh(call, 64), _RESOURCE_LENGTH, _CAPITALS)}"


def _origin(call: Call) -> Properties:
    """The outputs of what it is made from: the source of a replica, a snapshot."""
    name = text(call.inputs.get("replicateSourceDb"))
    if name:
        found = source(call, name)
        return found.outputs if found is not None else {}
    snapshot = text(call.inputs.get("snapshotIdentifier"))
    if snapshot:
        record = call.cloud.get(SNAPSHOT, snapshot) or next(call.cloud.find(SNAPSHOT, dbSnapshotArn=snapshot), None)
        return {**record.outputs, "engineVersionActual": record.outputs.get("engineVersion")} if record is not None else {}
    restore = call.inputs.get("restoreToPointInTime")
    of = source(call, text(restore.get("sourceDbInstanceIdentifier"))) if isinstance(restore, dict) else None
    return of.outputs if of is not None else {}


def _inherited(call: Call, name: str) -> object:
    """What the program says, else what stands, else what its origin has."""
    said = call.inputs.get(name)
    if said is not None and said is not UNKNOWN:
        return said
    return kept(call, name, lambda: _origin(call).get(name))


def engine_of(call: Call) -> str:
    """The engine: as given in any case of letters, or its origin's."""
    return text(_inherited(call, "engine")).lower()


def version_of(call: Call) -> str:
    """The version that runs: a later one than asked for where that is a prefix of it; never an earlier one again."""
    engine, wanted = engine_of(call), text(call.inputs.get("engineVersion"))
    source_version = text(_origin(call).get("engineVersionActual"))
    before = text(call.old.outputs.get("engineVersionActual")) if call.old is not None else source_version
    if call.inputs.get("replicateSourceDb"):
        # replicas of the same region are upgraded with their source (RDS User Guide, "How to perform a major version upgrade for RDS for PostgreSQL")
        before = max(before, source_version, key=rds_catalog.number)
    if before and (not wanted or before == wanted or before.startswith(f"{wanted}.")):
        return before
    return rds_catalog.resolved(engine, wanted) or wanted


def _host(call: Call) -> str:
    account = "c" + letters(digest(ACCOUNT, region(call), "rds"), 11)
    return f"{identifier(call)}.{account}.{region(call)}.rds.amazonaws.com"


def _placement(call: Call) -> Properties:
    """Zone, subnets and security groups; a multi-AZ instance has a standby in a second zone."""
    vpc, subnets = subnets_of(call)
    possible = zones_of(call, subnets) or zones(region(call))
    first = text(call.inputs.get("availabilityZone")) or possible[int(digest(call.urn, "zone")[:6], 16) % len(possible)]
    zone = kept(call, "availabilityZone", lambda: first)
    other = possible[(possible.index(zone) + 1) % len(possible)] if zone in possible else zone
    wanted = [zone, other] if call.inputs.get("multiAz") is True else [zone]
    groups = texts(call.inputs.get("vpcSecurityGroupIds")) or kept(call, "vpcSecurityGroupIds", list) or default_groups(call, vpc)
    return {"availabilityZone": zone, "vpcSecurityGroupIds": groups, SUBNETS: in_zones(call, subnets, wanted)}


def _windows(call: Call) -> Properties:
    seed = int(digest(call.urn, "window")[:6], 16)
    hour, day = seed % 7, seed % len(_DAYS)
    return {
        "backupWindow": call.inputs.get("backupWindow") or kept(call, "backupWindow", lambda: f"{hour:02d}:10-{hour:02d}:40"),
        "maintenanceWindow": text(call.inputs.get("maintenanceWindow")).lower()
        or kept(call, "maintenanceWindow", lambda: f"{_DAYS[day]}:{hour + 9:02d}:10-{_DAYS[day]}:{hour + 9:02d}:40"),
    }


def _own_key(call: Call, alias: str) -> str:
    """AWS's own key of a service in the account."""
    digits = digest(ACCOUNT, region(call), alias)
    place = region(call)
    return f"arn:{partition(place)}:kms:{place}:{ACCOUNT}:key/{digits[:8]}-{digits[8:12]}-4{digits[13:16]}-8{digits[17:20]}-{digits[20:32]}"


def _storage(call: Call, engine: str) -> Properties:
    inputs = call.inputs
    gib = int(str(_inherited(call, "allocatedStorage") or 0))
    limit = inputs.get("maxAllocatedStorage") or 0
    held = int(call.old.outputs.get("allocatedStorage") or 0) if call.old is not None else 0
    if limit and isinstance(inputs.get("allocatedStorage"), int) and held > gib:
        gib = held
    storage = text(inputs.get("storageType")) or text(_origin(call).get("storageType")) or rds_storage.kind_of(inputs)
    iops, throughput = rds_storage.included(engine, storage, gib)
    encrypted = inputs.get("storageEncrypted") if inputs.get("storageEncrypted") is not None else _origin(call).get("storageEncrypted") or False
    key = text(inputs.get("kmsKeyId")) or text(_origin(call).get("kmsKeyId")) or _own_key(call, "aws/rds")
    return {
        "allocatedStorage": gib,
        "maxAllocatedStorage": limit,
        "storageType": storage,
        "iops": inputs.get("iops") or iops,
        "storageThroughput": inputs.get("storageThroughput") or throughput,
        "storageEncrypted": encrypted,
        "kmsKeyId": key if encrypted else "",
    }


def _secret_name(call: Call) -> str:
    digits = digest(call.id, "master")
    return f"rds!db-{digits[:8]}-{digits[8:12]}-4{digits[13:16]}-8{digits[17:20]}-{digits[20:32]}"


def secret_arn(call: Call) -> str:
    """The ARN of the secret that RDS keeps for the master user."""
    return arn(call, "secretsmanager", f"secret:{_secret_name(call)}-{_suffix(call)}")


def _suffix(call: Call) -> str:
    return letters(digest(call.id, "suffix"), 6, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789")


def secret_record(call: Call) -> Record:
    """The secret itself: RDS makes it, rotates it every seven days, and takes it away with the instance."""
    key = text(call.inputs.get("masterUserSecretKmsKeyId")) or "alias/aws/secretsmanager"
    made: Properties = {
        "name": _secret_name(call),
        "arn": secret_arn(call),
        "kmsKeyId": key,
        "description": f"Secret associated with primary RDS DB instance: {arn(call, 'rds', f'db:{identifier(call)}')}",
        "region": region(call),
        "tagsAll": {"aws:rds:primaryDBInstanceArn": arn(call, "rds", f"db:{identifier(call)}"), "aws:secretsmanager:owningService": "rds"},
        "recoveryWindowInDays": 30,
        "policy": "",
        "replicas": [],
    }
    return Record(type=SECRET, id=made["arn"], urn=call.urn, inputs={"name": made["name"]}, outputs=made)


def secret_value(call: Call) -> Record:
    """What is in the secret: the user and a password that nobody chose."""
    digits = digest(call.id, "password")
    value = json.dumps({"username": (call.old.outputs if call.old is not None else {}).get("username"), "password": letters(digits, 28, _PRINTABLE)})
    version = f"{digits[:8]}-{digits[8:12]}-4{digits[13:16]}-8{digits[17:20]}-{digits[20:32]}"
    owner = secret_arn(call)
    held: Properties = {
        "secretId": owner,
        "secretArn": owner,
        "arn": owner,
        "versionId": version,
        "secretString": value,
        "secretBinary": "",
        "region": region(call),
    }
    return Record(type=VERSION, id=f"{owner}|{version}", urn=call.urn, inputs={"secretId": owner}, outputs={**held, "versionStages": ["AWSCURRENT"]})


def _identity(call: Call, engine: str, version: str) -> Properties:
    inputs, name = call.inputs, identifier(call)
    managed = inputs.get("manageMasterUserPassword") is True
    key = text(inputs.get("masterUserSecretKmsKeyId")) or _own_key(call, "aws/secretsmanager")
    port = int(str(_inherited(call, "port") or rds_catalog.PORTS.get(engine, 1521)))
    host = _host(call)
    return {
        "address": host,
        "endpoint": f"{host}:{port}",
        "port": port,
        "hostedZoneId": _ZONES.get(region(call), "Z" + letters(digest(region(call), "zone"), 13, _CAPITALS)),
        "arn": arn(call, "rds", f"db:{name}"),
        "identifier": name,
        "identifierPrefix": inputs.get("identifierPrefix") or "",
        "resourceId": call.id,
        "engine": engine,
        "engineVersion": inputs.get("engineVersion") or version,
        "engineVersionActual": version,
        "dbName": _inherited(call, "dbName") or "",
        "username": _inherited(call, "username") or "",
        "masterUserSecrets": [{"kmsKeyId": key, "secretArn": secret_arn(call), "secretStatus": "active"}] if managed else [],
    }


def outputs(call: Call) -> Properties:
    """All that the provider reads back."""
    inputs, engine, version = call.inputs, engine_of(call), version_of(call)
    insights, monitored = inputs.get("performanceInsightsEnabled") is True, inputs.get("monitoringInterval") or 0
    family, backups = rds_catalog.family(engine, version), inputs.get("backupRetentionPeriod") or 0
    return {
        **placed(call),
        **_placement(call),
        **_windows(call),
        **_storage(call, engine),
        **_identity(call, engine, version),
        "backupRetentionPeriod": backups,
        "backupTarget": inputs.get("backupTarget") or "region",
        "caCertIdentifier": inputs.get("caCertIdentifier") or kept(call, "caCertIdentifier", lambda: rds_catalog.CERTIFICATES[0]),
        "characterSetName": inputs.get("characterSetName") or "",
        "databaseInsightsMode": inputs.get("databaseInsightsMode") or "standard",
        "dbSubnetGroupName": inputs.get("dbSubnetGroupName") or _inherited(call, "dbSubnetGroupName") or "default",
        "engineLifecycleSupport": inputs.get("engineLifecycleSupport") or "open-source-rds-extended-support",
        "latestRestorableTime": kept(call, "latestRestorableTime", call.cloud.now) if backups else "",
        "licenseModel": inputs.get("licenseModel") or rds_catalog.LICENSES.get(engine, "license-included"),
        "listenerEndpoints": [],
        "monitoringRoleArn": inputs.get("monitoringRoleArn") if monitored else "",
        "multiAz": inputs.get("multiAz") or False,
        "ncharCharacterSetName": "",
        "networkType": inputs.get("networkType") or "IPV4",
        "optionGroupName": inputs.get("optionGroupName") or f"default:{engine}-{rds_catalog.major(engine, version).replace('.', '-')}",
        "parameterGroupName": inputs.get("parameterGroupName") or f"default.{family}",
        "performanceInsightsKmsKeyId": (inputs.get("performanceInsightsKmsKeyId") or _own_key(call, "aws/rds")) if insights else "",
        "performanceInsightsRetentionPeriod": inputs.get("performanceInsightsRetentionPeriod") or (_INSIGHT_DAYS if insights else 0),
        "replicaMode": inputs.get("replicaMode") or "",
        "replicas": kept(call, "replicas", list),
        "snapshotIdentifier": inputs.get("snapshotIdentifier") or "",
        "status": "available",
        "timezone": inputs.get("timezone") or "",
        "upgradeRolloutOrder": "second",
    }
