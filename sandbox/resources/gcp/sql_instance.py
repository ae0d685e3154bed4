"""Cloud SQL instances: what Google makes up for one, and what protects it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from ...kind import Call, Kind, Properties, Record, Refusal
from ..certificates import authority
from . import sql_rules, sql_tiers
from .key_grants import refuse_key
from .lifecycle import deletes, deletion, network_reference
from .names import digest, global_path, kept, project, project_number, region, stands, text
from .private_ranges import SQL, sql_address
from .servicenetworking import connection_of
from .sql_rules import part

DATABASE = "gcp:sql/database:Database"
USER = "gcp:sql/user:User"
_LINK = "https://sqladmin.googleapis.com/sql/v1beta4/"
_PUBLIC = "198.51.100."
_PROTECTED = "Error, failed to delete instance because deletion_protection is set to true. Set it to false to proceed with instance deletion"
_PROVIDER_SETTINGS = {
    "activationPolicy": "ALWAYS",
    "availabilityType": "ZONAL",
    "diskAutoresize": True,
    "diskAutoresizeLimit": 0,
    "diskType": "PD_SSD",
    "pricingPlan": "PER_USE",
}
"""The provider's schema has these defaults; the API's own stand in `_settings`."""


def _defaults(call: Call) -> Properties:
    defaults: Properties = {"deletionProtection": True}
    settings = call.inputs.get("settings")
    if isinstance(settings, dict):
        defaults["settings"] = dict(_PROVIDER_SETTINGS)
        if isinstance(settings.get("ipConfiguration"), dict):
            defaults["settings"]["ipConfiguration"] = {"ipv4Enabled": True}
        if isinstance(part(settings, "backupConfiguration").get("backupRetentionSettings"), dict):
            defaults["settings"]["backupConfiguration"] = {"backupRetentionSettings": {"retentionUnit": "COUNT"}}
        if isinstance(settings.get("insightsConfig"), dict):
            defaults["settings"]["insightsConfig"] = {"queryStringLength": 1024}
    return defaults


def _merged(base: Properties, said: Properties) -> Properties:
    """The API's values under those that the program gives."""
    nested = {key: _merged(base[key], value) for key, value in said.items() if isinstance(value, dict) and isinstance(base.get(key), dict)}
    return {**base, **said, **nested}


def _settings(call: Call, zone: str) -> Properties:
    said = part(call.inputs, "settings")
    before = part(call.old.outputs, "settings") if call.old is not None else {}
    edition = sql_tiers.edition(call.inputs)
    filled: Properties = {
        **_PROVIDER_SETTINGS,
        "edition": edition,
        "connectorEnforcement": "NOT_REQUIRED",
        "deletionProtectionEnabled": False,
        "diskSize": before.get("diskSize", 10),
        "effectiveAvailabilityType": said.get("availabilityType") or "ZONAL",
        "version": int(before.get("version") or 0) + 1,
        "userLabels": {},
        "ipConfiguration": {
            "ipv4Enabled": True,
            "sslMode": "ALLOW_UNENCRYPTED_AND_ENCRYPTED",
            "serverCaMode": "GOOGLE_MANAGED_INTERNAL_CA",
        },
        "backupConfiguration": {
            "enabled": False,
            "startTime": part(before, "backupConfiguration").get("startTime") or f"{int(digest(call.urn, 'backup')[:4], 16) % 24:02d}:00",
            "transactionLogRetentionDays": 14 if edition == "ENTERPRISE_PLUS" else 7,
            "backupRetentionSettings": {"retainedBackups": 15 if edition == "ENTERPRISE_PLUS" else 7, "retentionUnit": "COUNT"},
        },
        "locationPreference": {"zone": zone},
    }
    return _merged(filled, said)


def _address(call: Call, where: str, settings: Properties) -> str:
    network = text(part(settings, "ipConfiguration").get("privateNetwork"))
    if not network:
        return ""
    held = text(call.old.outputs.get("privateIpAddress")) if call.old is not None else ""
    connection = connection_of(call, network)
    if held or connection is None:
        return held
    only = text(part(settings, "ipConfiguration").get("allocatedIpRange"))
    return sql_address(call, connection, global_path(call, "networks", network), where, only)


def _public(call: Call, settings: Properties) -> str:
    if part(settings, "ipConfiguration").get("ipv4Enabled") is False:
        return ""
    held = text(call.old.outputs.get("publicIpAddress")) if call.old is not None else ""
    return held or f"{_PUBLIC}{1 + int(digest(call.urn, 'public')[:4], 16) % 254}"


def _certificates(call: Call, name: str) -> list[Properties]:
    ca = authority(f"{project(call)}:{name}", "Google Cloud SQL Server CA", "Google, Inc", call.cloud.now())
    common = f"C=US,O=Google\\, Inc,CN=Google Cloud SQL Server CA,dnQualifier={_uuid(name)}"
    return [{"cert": ca.pem, "commonName": common, "createTime": ca.created, "expirationTime": ca.expires, "sha1Fingerprint": ca.sha1}]


def _uuid(seed: str) -> str:
    digits = digest(seed, "uuid")
    return f"{digits[:8]}-{digits[8:12]}-4{digits[13:16]}-a{digits[17:20]}-{digits[20:32]}"


def _outputs(call: Call) -> Properties:
    name, owner, where = text(call.inputs.get("name")), project(call), region(call)
    settings = _settings(call, f"{where}-{'bcd'[int(digest(name)[:2], 16) % 3]}")
    private, public = _address(call, where, settings), _public(call, settings)
    addresses: list[Properties] = [{"ipAddress": public, "type": "PRIMARY"}] if public else []
    addresses += [{"ipAddress": private, "type": "PRIVATE"}] if private else []
    service = any(one.get("pscEnabled") is True for one in part(settings, "ipConfiguration").get("pscConfigs") or () if isinstance(one, dict))
    host = f"{digest(owner, name)[:12]}.{digest(owner)[:13]}.{where}.sql.goog."
    outputs: Properties = {
        "settings": settings,
        "project": owner,
        "region": where,
        "connectionName": f"{owner}:{where}:{name}",
        "selfLink": f"{_LINK}projects/{owner}/instances/{name}",
        "firstIpAddress": addresses[0]["ipAddress"] if addresses else "",
        "privateIpAddress": private,
        "publicIpAddress": public,
        "ipAddresses": addresses,
        "dnsName": host if service else "",
        "dnsNames": [{"connectionType": "PRIVATE_SERVICE_CONNECT", "dnsScope": "INSTANCE", "name": host}] if service else [],
        "pscServiceAttachmentLink": _attachment(owner, name, where) if service else "",
        "serverCaCerts": kept(call, "serverCaCerts", lambda: _certificates(call, name)),
        "serviceAccountEmailAddress": f"p{project_number(owner)}-{_letters(owner, name)}@gcp-sa-cloud-sql.iam.gserviceaccount.com",
        "availableMaintenanceVersions": [],
        "maintenanceVersion": call.inputs.get("maintenanceVersion") or f"{text(call.inputs.get('databaseVersion'))}.R20251004.01_07",
        "instanceType": call.inputs.get("instanceType") or ("READ_REPLICA_INSTANCE" if call.inputs.get("masterInstanceName") else "CLOUD_SQL_INSTANCE"),
        "replicaNames": kept(call, "replicaNames", list),
        "deletionPolicy": call.inputs.get("deletionPolicy") or "DELETE",
    }
    return outputs


def _letters(owner: str, name: str) -> str:
    return "".join("abcdefghijklmnopqrstuvwxyz0123456789"[int(digit, 16) * 2] for digit in digest(owner, name, "account")[:6])


def _attachment(owner: str, name: str, where: str) -> str:
    tenant = f"{digest(owner, name)[:16]}p-tp"
    return f"projects/{tenant}/regions/{where}/serviceAttachments/a-{digest(name)[:12]}-psc-service-attachment-{digest(owner, 'psc')[:16]}"


def _refuse(call: Call) -> None:
    refuse_key(call, call.inputs.get("encryptionKeyName"), region(call), "gcp-sa-cloud-sql", f"Error, failed to create instance {call.inputs.get('name')}: ")
    sql_rules.refuse(call)


def _replicas(call: Call, name: str) -> list[Record]:
    return [record for record in call.cloud.find(SQL) if text(record.inputs.get("masterInstanceName")).rsplit(":", 1)[-1] == name]


def _delete(call: Call) -> None:
    instance = stands(call)
    if part(instance.outputs, "settings").get("deletionProtectionEnabled") is True:
        why = "The instance is protected. Please disable the deletion protection and try again."
        raise Refusal(f"Error, failed to delete instance {instance.id}: googleapi: Error 400: {why}, invalid")
    if _replicas(call, instance.id):
        why = "Invalid request: The instance cannot be deleted because it has read replicas; they must go first."
        raise Refusal(f"Error, failed to delete instance {instance.id}: googleapi: Error 400: {why}, invalid")


def _refuse_protected(call: Call) -> None:
    if stands(call).inputs.get("deletionProtection") is not False:
        raise Refusal(_PROTECTED)


def _guarded(call: Call) -> None:
    """The provider looks at its own flag before anything else."""
    _refuse_protected(call)
    deletion("google_sql_database_instance", _delete)(call)


def _carries(call: Call) -> Iterator[Record]:
    name = stands(call).id
    for type_ in (DATABASE, USER):
        yield from (record for record in call.cloud.find(type_) if text(record.outputs.get("instance")).rsplit("/", 1)[-1] == name)


def _refresh(call: Call) -> Properties:
    return {"replicaNames": [record.id for record in _replicas(call, stands(call).id)]}


def _canonical(id_: str, _config: Mapping[str, str]) -> str:
    return id_.rsplit("/", 1)[-1]


KINDS = (
    Kind(
        token=SQL,
        identify=lambda call: text(call.inputs.get("name")),
        outputs=_outputs,
        defaults=_defaults,
        check=sql_rules.check,
        replaces=frozenset(
            {
                "encryptionKeyName",
                "name",
                "project",
                "region",
                "replicaConfiguration.caCertificate",
                "replicaConfiguration.clientCertificate",
                "replicaConfiguration.clientKey",
                "replicaConfiguration.connectRetryInterval",
                "replicaConfiguration.dumpFilePath",
                "replicaConfiguration.failoverTarget",
                "replicaConfiguration.masterHeartbeatPeriod",
                "replicaConfiguration.password",
                "replicaConfiguration.sslCipher",
                "replicaConfiguration.username",
                "replicaConfiguration.verifyServerCertificate",
                "settings.collation",
            }
        ),
        replaces_on=sql_rules.replaces_on,
        taken="Error, failed to create instance {name}: googleapi: Error 409: The Cloud SQL instance already exists., instanceAlreadyExists",
        references=(network_reference("settings.ipConfiguration.privateNetwork"),),
        api="sqladmin.googleapis.com",
        create=_refuse,
        update=sql_rules.refuse_update,
        delete=_guarded,
        deleted=deletes,
        carries=_carries,
        import_id=_canonical,
        refresh=_refresh,
    ),
)
"""The instance."""
