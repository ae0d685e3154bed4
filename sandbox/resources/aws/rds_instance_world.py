"""What AWS refuses of an RDS instance because of what else exists: groups, keys, sources of replicas and restores."""

from __future__ import annotations

from collections.abc import Iterator

from ...kind import Call, Properties, Record
from . import rds_catalog, vpc_places
from .formats import region, text
from .placement import groups_elsewhere, key_exists, texts, unknown_groups, zones_of
from .rds_groups import OPTION_GROUP, SUBNET_GROUP
from .rds_names import Fault
from .rds_parameters import INSTANCE, group_family

_MOST_REPLICAS = {"postgres": 15, "mysql": 15, "mariadb": 15}
"""Read replicas of one source (Amazon RDS User Guide, "Overview of Amazon RDS read replicas")."""
_MOST_GROUPS = 5
"""VPC security groups an instance (Amazon EC2's quota of groups an interface)."""


def source(call: Call, name: str) -> Record | None:
    """The instance of this identifier, or of this ARN."""
    by = "arn" if name.startswith("arn:") else "identifier"
    return next(call.cloud.find(INSTANCE, **{by: name}), None)


def replicas(call: Call, record: Record) -> list[str]:
    """The identifiers of the replicas of an instance, in the order made."""
    names = (record.outputs.get("identifier"), record.outputs.get("arn"))
    return [text(other.outputs.get("identifier")) for other in call.cloud.find(INSTANCE) if other.inputs.get("replicateSourceDb") in names]


def faults(call: Call, engine: str, version: str) -> Iterator[Fault]:
    """Groups, keys and placement."""
    yield from _parameters(call, engine, version)
    yield from _options(call, engine, version)
    yield from _keys(call.inputs, call)
    yield from _network(call)


def replica_faults(call: Call) -> Iterator[Fault]:
    """A read replica that cannot be."""
    name = text(call.inputs.get("replicateSourceDb"))
    found = source(call, name)
    if found is None:
        yield Fault("DBInstanceNotFound", f"DBInstance {name} not found.", typed=True)
        return
    if not found.outputs.get("backupRetentionPeriod"):
        why = "To enable automated backups, use ModifyDBInstance to set the backup retention period to a non-zero value."
        yield Fault("InvalidDBInstanceState", f"Automated backups are not enabled for this database instance. {why}", typed=True)
    most = _MOST_REPLICAS.get(text(found.outputs.get("engine")))
    if most is not None and len(replicas(call, found)) >= most:
        yield Fault("InstanceQuotaExceeded", f"DB instance {name} already has {most} read replicas.", typed=True)
    near = found.outputs.get("region") == region(call)
    if near and call.inputs.get("dbSubnetGroupName"):
        why = "DbSubnetGroupName should not be specified for read replicas that are created in the same region as the master"
        yield Fault("DBSubnetGroupNotAllowedFault", why, typed=True)
    if not near and found.outputs.get("storageEncrypted") is True and not call.inputs.get("kmsKeyId"):
        yield Fault("InvalidParameterCombination", "Cannot create a cross region unencrypted read replica from encrypted source.")


def _parameters(call: Call, engine: str, version: str) -> Iterator[Fault]:
    name = text(call.inputs.get("parameterGroupName"))
    if not name:
        return
    family, wanted = group_family(call, name), rds_catalog.family(engine, version)
    if family is None:
        yield Fault("DBParameterGroupNotFound", f"DBParameterGroup not found: {name}", typed=True)
    elif rds_catalog.versions(engine) and family != wanted:
        why = f"cannot be used for this instance. Please use a Parameter Group with DBParameterGroupFamily {wanted}"
        yield Fault("InvalidParameterCombination", f"The Parameter Group {name} with DBParameterGroupFamily {family} {why}")


def _options(call: Call, engine: str, version: str) -> Iterator[Fault]:
    name = text(call.inputs.get("optionGroupName"))
    if not name or name.startswith("default:"):
        return
    group = call.cloud.get(OPTION_GROUP, name)
    if group is None:
        yield Fault("OptionGroupNotFoundFault", f"Specified OptionGroupName: {name} not found.", typed=True)
    elif (group.outputs.get("engineName"), group.outputs.get("majorEngineVersion")) != (engine, rds_catalog.major(engine, version)):
        yield Fault("InvalidParameterCombination", f"The option group {name} is associated with a different engine than {engine} {version}.")


def _keys(inputs: Properties, call: Call) -> Iterator[Fault]:
    for path in ("kmsKeyId", "performanceInsightsKmsKeyId", "masterUserSecretKmsKeyId"):
        key = text(inputs.get(path))
        if key and not key_exists(call, key):
            why = "does not exist, is not enabled or you do not have permissions to access it."
            yield Fault("KMSKeyNotAccessibleFault", f"The specified KMS key [{key}] {why}", typed=True)
    if inputs.get("kmsKeyId") and inputs.get("storageEncrypted") is not True and not inputs.get("replicateSourceDb"):
        yield Fault("InvalidParameterCombination", "A KMS key may only be specified when StorageEncrypted is true.")
    if inputs.get("masterUserSecretKmsKeyId") and inputs.get("manageMasterUserPassword") is not True:
        yield Fault("InvalidParameterValue", "A ManageMasterUserPassword value is required when MasterUserSecretKmsKeyId is specified.")


def subnets_of(call: Call) -> tuple[str, list[str]]:
    """(VPC, subnets) that the instance may stand in: its group's, or its source's; nothing in the account's own default network."""
    name = text(call.inputs.get("dbSubnetGroupName"))
    origin = source(call, text(call.inputs.get("replicateSourceDb"))) if call.inputs.get("replicateSourceDb") else None
    if not name and origin is not None and origin.outputs.get("region") == region(call):
        name = text(origin.outputs.get("dbSubnetGroupName"))
    group = call.cloud.get(SUBNET_GROUP, name)
    return (text(group.outputs.get("vpcId")), texts(group.inputs.get("subnetIds"))) if group is not None else ("", [])


def _network(call: Call) -> Iterator[Fault]:
    inputs, name = call.inputs, text(call.inputs.get("dbSubnetGroupName"))
    vpc, subnets = subnets_of(call)
    if name and not vpc and name != "default":
        yield Fault("DBSubnetGroupNotFoundFault", f"DB subnet group '{name}' does not exist.", typed=True)
        return
    groups = texts(inputs.get("vpcSecurityGroupIds"))
    for group in unknown_groups(call, groups):
        yield Fault("InvalidParameterValue", f"Invalid security group , groupId= {group}, groupName=.")
    if len(groups) > _MOST_GROUPS:
        yield Fault("InvalidParameterValue", f"You can specify at most {_MOST_GROUPS} security groups.")
    for other in groups_elsewhere(call, groups, vpc) if vpc else ():
        places = f"The DB instance is in {vpc} and the EC2 security group is in {other}"
        yield Fault("InvalidParameterCombination", f"The DB instance and EC2 security group are in different VPCs. {places}")
    zone = text(inputs.get("availabilityZone"))
    if zone and vpc and zone not in zones_of(call, subnets):
        why = f"Cannot create DB instance in {zone}: the DB subnet group has no subnet in this Availability Zone."
        yield Fault("InvalidVPCNetworkStateFault", why, typed=True)
    yield from _moves(call, vpc)
    if zone and inputs.get("multiAz") is True:
        yield Fault("InvalidParameterCombination", "Requesting a specific availability zone is not valid for Multi-AZ instances.")
    if vpc and inputs.get("publiclyAccessible") is True:
        yield from _public(call, vpc)


def _moves(call: Call, vpc: str) -> Iterator[Fault]:
    """Another subnet group is for a move to another VPC only, and not for a standby."""
    name, before = text(call.inputs.get("dbSubnetGroupName")), text(call.old.outputs.get("dbSubnetGroupName")) if call.old is not None else ""
    if not before or not name or name == before:
        return
    held = call.cloud.get(SUBNET_GROUP, before)
    if held is not None and held.outputs.get("vpcId") == vpc:
        where = f"You cannot move DB instance {call.inputs.get('identifier')} to subnet group {name}."
        why = "The specified DB subnet group and DB instance are in the same VPC. Choose a DB subnet group in different VPC than the specified DB instance"
        yield Fault("InvalidVPCNetworkStateFault", f"{where} {why} and try again.", typed=True)
    if call.inputs.get("multiAz") is True:
        yield Fault("InvalidVPCNetworkStateFault", "You cannot change the VPC of a Multi-AZ DB instance.", typed=True)


def _public(call: Call, vpc: str) -> Iterator[Fault]:
    """What a VPC needs for an address that the internet reaches."""
    record, lead = call.cloud.get(vpc_places.VPC, vpc), "Cannot create a publicly accessible DBInstance.  The specified VPC"
    if not vpc_places.has_internet_gateway(call, vpc):
        yield Fault("InvalidVPCNetworkStateFault", f"{lead} has no internet gateway attached.Update the VPC and then try again", typed=True)
    if record is not None and not (record.outputs.get("enableDnsSupport") and record.outputs.get("enableDnsHostnames")):
        why = "does not support DNS resolution, DNS hostnames, or both. Update the VPC and then try again"
        yield Fault("InvalidVPCNetworkStateFault", f"{lead} {why}", typed=True)
