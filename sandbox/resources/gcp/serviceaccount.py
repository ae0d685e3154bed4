"""Google service accounts, their keys, and who may act as them."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator

from ...kind import Call, Failure, Kind, Properties, Reference, Refusal
from .formats import known, matches
from .iam import ACCOUNT, grants
from .lifecycle import deletes, deletion, elsewhere
from .names import digest, number, project, relative, segment, text

KEY = "gcp:serviceaccount/key:Key"
_ACCOUNT_ID = r"^[a-z](?:[-a-z0-9]{4,28}[a-z0-9])$"
"""6 to 30 characters (`verify.ValidateRFC1035Name(6, 30)`)."""
_DISPLAY_NAME = 100
_DESCRIPTION = 256
_KEYS = 10
"""User-managed keys that one account may have (IAM quotas)."""
_LINK = r"^projects/[^/]+/serviceAccounts/[^/@]+@[^/@]+$"


def _email(call: Call) -> str:
    owner = project(call)
    domain = f"{owner.split(':')[1]}.{owner.split(':')[0]}" if ":" in owner else owner
    return f"{call.inputs.get('accountId')}@{domain}.iam.gserviceaccount.com"


def _path(call: Call) -> str:
    return f"projects/{project(call)}/serviceAccounts/{_email(call)}"


def _defaults(call: Call) -> Properties:
    made_up = f"{call.name.lower()[:20].rstrip('-')}-{digest(call.urn)[:7]}"
    return {"disabled": False, **({} if call.inputs.get("accountId") is not None else {"accountId": made_up})}


def _check(call: Call) -> Iterator[Failure]:
    yield from matches("accountId", call.inputs.get("accountId"), _ACCOUNT_ID)
    for path, limit in (("displayName", _DISPLAY_NAME), ("description", _DESCRIPTION)):
        value = call.inputs.get(path)
        if known(value) and len(str(value).encode()) > limit:
            yield Failure(path, f"expected length of {'display_name' if path == 'displayName' else path} to be in the range (0 - {limit}), got {value}")


def _outputs(call: Call) -> Properties:
    email = _email(call)
    return {
        "project": project(call),
        "email": email,
        "member": f"serviceAccount:{email}",
        "name": _path(call),
        "uniqueId": number("serviceaccount", _path(call), digits=21),
    }


def _account_path(call: Call) -> str:
    said = relative(call.inputs.get("serviceAccountId"))
    if "/" in said:
        return said.replace("projects/-/", f"projects/{project(call)}/")
    email = said if "@" in said else f"{said}@{project(call)}.iam.gserviceaccount.com"
    return f"projects/{project(call)}/serviceAccounts/{email}"


def _key_id(call: Call) -> str:
    """The digits of the key: those of its URN, or of the first successor that the account does not hold."""
    account = _account_path(call)
    held = {record.id for record in call.cloud.find(KEY)}
    for attempt in range(_KEYS + 1):
        path = f"{account}/keys/{digest(call.urn, attempt)[:40]}"
        if path not in held:
            return path
    message = f"Error creating service account key: googleapi: Error 429: Maximum number of keys on account reached ({_KEYS})., quotaExceeded"
    raise Refusal(message)


def _create_key(call: Call) -> None:
    account = _account_path(call)
    if sum(record.id.startswith(f"{account}/keys/") for record in call.cloud.find(KEY)) >= _KEYS:
        message = "Error creating service account key: googleapi: Error 400: Precondition check failed., failedPrecondition"
        raise Refusal(message)


def _key_outputs(call: Call) -> Properties:
    if call.old is not None:
        return {}
    path = _key_id(call)
    email = segment(path, "serviceAccounts")
    pem = f"-----BEGIN PRIVATE KEY-----\n{base64.b64encode(bytes.fromhex(digest(path) * 20)).decode()}\n-----END PRIVATE KEY-----\n"
    credentials = {
        "type": "service_account",
        "project_id": segment(path, "projects"),
        "private_key_id": segment(path, "keys"),
        "private_key": pem,
        "client_email": email,
        "client_id": number("serviceaccount", path.partition("/keys/")[0], digits=21),
        "auth_uri": "https://accounts.google.com/o/oauth2/auth",
        "token_uri": "https://oauth2.googleapis.com/token",
        "universe_domain": "googleapis.com",
    }
    certificate = f"-----BEGIN CERTIFICATE-----\n{base64.b64encode(bytes.fromhex(digest(path, 'public') * 12)).decode()}\n-----END CERTIFICATE-----\n"
    now = call.cloud.now()
    return {
        "name": path,
        "privateKey": "" if call.inputs.get("publicKeyData") else base64.b64encode(json.dumps(credentials, indent=2).encode()).decode(),
        "publicKey": base64.b64encode(certificate.encode()).decode(),
        "validAfter": now,
        "validBefore": "9999-12-31T23:59:59Z",
    }


def _check_key(call: Call) -> Iterator[Failure]:
    if call.inputs.get("publicKeyData") is not None:
        for path, name in (("keyAlgorithm", "key_algorithm"), ("privateKeyType", "private_key_type")):
            if call.inputs.get(path) is not None and path not in _key_defaults(call):
                yield Failure("publicKeyData", f'"public_key_data": conflicts with {name}')


def _key_defaults(call: Call) -> Properties:
    if call.inputs.get("publicKeyData") is not None:
        return {}
    return {"keyAlgorithm": "KEY_ALG_RSA_2048", "privateKeyType": "TYPE_GOOGLE_CREDENTIALS_FILE", "publicKeyType": "TYPE_X509_PEM_FILE"}


def _foreign(call: Call, value: str) -> bool:
    """Accounts that Google makes (the default ones, the agents of services), and those of projects that are not ours."""
    google = value.endswith(("@developer.gserviceaccount.com", "@appspot.gserviceaccount.com")) or "@gcp-sa-" in value
    return google or elsewhere((ACCOUNT,))(call, value)


_TARGET = Reference(
    path="serviceAccountId",
    types=(ACCOUNT,),
    by=("id", "name", "email", "accountId", "uniqueId"),
    message="googleapi: Error 404: Unknown service account, notFound",
    foreign=_foreign,
    holds=False,
)


def _check_grant(call: Call) -> Iterator[Failure]:
    return matches("serviceAccountId", call.inputs.get("serviceAccountId"), _LINK)


KINDS = (
    Kind(
        token=ACCOUNT,
        identify=_path,
        outputs=_outputs,
        defaults=_defaults,
        check=_check,
        replaces=frozenset({"accountId", "project"}),
        adopts=lambda call: call.inputs.get("createIgnoreAlreadyExists") is True,
        taken="Error creating service account: googleapi: Error 409: Service account {accountId} already exists within project {id}., alreadyExists",
        api="iam.googleapis.com",
        delete=deletion("google_service_account"),
        deleted=deletes,
        import_id=lambda id_, config: id_ if "/" in id_ else f"projects/{config.get('project', '')}/serviceAccounts/{id_}",
    ),
    Kind(
        token=KEY,
        identify=_key_id,
        outputs=_key_outputs,
        defaults=_key_defaults,
        check=_check_key,
        replaces=frozenset({"keepers", "keyAlgorithm", "privateKeyType", "publicKeyData", "publicKeyType", "serviceAccountId"}),
        references=(_TARGET,),
        api="iam.googleapis.com",
        create=_create_key,
        delete=deletion("google_service_account_key"),
        deleted=deletes,
        secrets=frozenset({"privateKey"}),
    ),
    *grants(
        ("gcp:serviceaccount/iAMMember:IAMMember", "gcp:serviceaccount/iAMBinding:IAMBinding"),
        lambda call: text(call.inputs.get("serviceAccountId")),
        frozenset({"serviceAccountId"}),
        noun="service account",
        references=(_TARGET,),
        api="iam.googleapis.com",
        check=_check_grant,
    ),
)
"""Accounts, keys, and grants on accounts."""
