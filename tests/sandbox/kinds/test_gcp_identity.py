"""Services, service accounts, roles and grants, as Google and its provider treat them."""

from __future__ import annotations

import base64
import json

import pytest

from tests.sandbox.kinds.cloud import PROJECT, invalid, refused

SERVICE = "gcp:projects/service:Service"
ACCOUNT = "gcp:serviceaccount/account:Account"
KEY = "gcp:serviceaccount/key:Key"
ROLE = "gcp:projects/iAMCustomRole:IAMCustomRole"
MEMBER = "gcp:projects/iAMMember:IAMMember"
BINDING = "gcp:projects/iAMBinding:IAMBinding"
ACT_AS = "gcp:serviceaccount/iAMMember:IAMMember"
ON_SUBNETWORK = "gcp:compute/subnetworkIAMMember:SubnetworkIAMMember"
SOMEONE = "user:ana@example.com"


@pytest.fixture
def account(world):
    return world.create(ACCOUNT, accountId="api-runner")


def test_a_service_is_enabled_by_its_project_and_name(world):
    made = world.create(SERVICE, service="run.googleapis.com")
    assert made.id == f"{PROJECT}/run.googleapis.com"
    assert made.outputs["project"] == PROJECT


def test_enabling_twice_succeeds(world):
    world.create(SERVICE, service="run.googleapis.com")
    assert world.create(SERVICE, service="run.googleapis.com").id == f"{PROJECT}/run.googleapis.com"


def test_a_service_stays_enabled_unless_it_is_to_be_disabled(world):
    left = world.create(SERVICE, service="run.googleapis.com")
    world.delete(left)
    assert world.cloud.get(SERVICE, left.id) is not None
    gone = world.create(SERVICE, service="redis.googleapis.com", disableOnDestroy=True)
    world.delete(gone)
    assert world.cloud.get(SERVICE, gone.id) is None


def test_a_service_that_others_need_is_not_disabled_under_them(world):
    compute = world.create(SERVICE, service="compute.googleapis.com", disableOnDestroy=True)
    world.create(SERVICE, service="container.googleapis.com")
    assert "depended on by the following active service(s): container.googleapis.com" in refused(world.delete, record=compute)


def test_a_name_that_is_no_service_is_refused(world):
    assert "service" in invalid(world, SERVICE, service="compute")


def test_an_account_has_its_address_and_its_member_form(account):
    assert account.id == f"projects/{PROJECT}/serviceAccounts/api-runner@{PROJECT}.iam.gserviceaccount.com"
    assert account.outputs["email"] == f"api-runner@{PROJECT}.iam.gserviceaccount.com"
    assert account.outputs["member"] == f"serviceAccount:api-runner@{PROJECT}.iam.gserviceaccount.com"
    assert (len(account.outputs["uniqueId"]), account.outputs["uniqueId"].isdigit()) == (21, True)


@pytest.mark.parametrize("name", ["api", "Api-runner", "1-runner-x", "runner-", "a" * 31, "api_runner"])
def test_an_account_id_is_6_to_30_characters(world, name):
    assert invalid(world, ACCOUNT, accountId=name) == {"accountId": f'"account_id" ("{name}") doesn\'t match regexp "^[a-z](?:[-a-z0-9]{{4,28}}[a-z0-9])$"'}


def test_an_account_without_an_id_gets_one_that_is_legal(world):
    made_up = world.check(ACCOUNT)["accountId"]
    assert world.check(ACCOUNT, accountId=made_up)["accountId"] == made_up


def test_an_account_exists_once_in_a_project(world, account):
    assert "already exists within project" in refused(world.create, token=ACCOUNT, accountId="api-runner")
    assert world.create(ACCOUNT, accountId="api-runner", createIgnoreAlreadyExists=True).id == account.id


def test_a_key_is_a_credentials_file_of_its_account(world, account):
    made = world.create(KEY, serviceAccountId=account.outputs["name"])
    held = json.loads(base64.b64decode(made.outputs["privateKey"]))
    assert made.id.startswith(f"{account.id}/keys/")
    assert (held["client_email"], held["type"]) == (account.outputs["email"], "service_account")
    assert made.id != world.create(KEY, serviceAccountId=account.outputs["name"]).id


def test_an_account_has_ten_keys_at_most(world, account):
    for _ in range(10):
        world.create(KEY, serviceAccountId=account.outputs["name"])
    assert "Precondition check failed" in refused(world.create, token=KEY, serviceAccountId=account.outputs["name"])


def test_a_key_needs_an_account_that_exists(world):
    assert (
        refused(world.create, token=KEY, serviceAccountId="nobody@acme-dev.iam.gserviceaccount.com")
        == "googleapi: Error 404: Unknown service account, notFound"
    )


def test_a_grant_is_told_by_project_role_and_member(world, account):
    made = world.create(MEMBER, project=PROJECT, role="roles/cloudsql.client", member=account.outputs["member"])
    assert made.id == f"{PROJECT}/roles/cloudsql.client/{account.outputs['member']}"
    assert made.outputs["etag"]


def test_a_condition_is_part_of_a_grant(world):
    condition = {"title": "until-june", "expression": 'request.time < timestamp("2026-06-01T00:00:00Z")'}
    made = world.create(MEMBER, project=PROJECT, role="roles/run.viewer", member=SOMEONE, condition=condition)
    assert made.id == f"{PROJECT}/roles/run.viewer/{SOMEONE}/until-june"
    assert "primitive roles" in refused(world.create, token=MEMBER, project=PROJECT, role="roles/viewer", member=SOMEONE, condition=condition)


def test_granting_twice_succeeds(world):
    one = world.create(MEMBER, project=PROJECT, role="roles/run.viewer", member=SOMEONE)
    assert world.create(MEMBER, project=PROJECT, role="roles/run.viewer", member=SOMEONE).id == one.id


@pytest.mark.parametrize(
    ("member", "part"),
    [
        ("ana@example.com", "The member ana@example.com is of an unknown type. Please set a valid type prefix for the member., badRequest"),
        ("serviceaccount:x@y.iam.gserviceaccount.com", "is of an unknown type"),
        ("user:ana", "Invalid user email address: ana."),
        (f"serviceAccount:ghost@{PROJECT}.iam.gserviceaccount.com", f"Service account ghost@{PROJECT}.iam.gserviceaccount.com does not exist., badRequest"),
        ("allUsers", "Members of type allUsers are not allowed in the policy of a project"),
    ],
)
def test_a_member_that_is_none_is_refused(world, member, part):
    assert part in refused(world.create, token=MEMBER, project=PROJECT, role="roles/run.viewer", member=member)


def test_the_refusal_names_the_project_as_the_provider_does(world):
    email = f"ghost@{PROJECT}.iam.gserviceaccount.com"
    message = refused(world.create, token=MEMBER, project=PROJECT, role="roles/run.viewer", member=f"serviceAccount:{email}")
    assert message == (
        f'Error applying IAM policy for project "{PROJECT}": Error setting IAM policy for project "{PROJECT}": '
        f"googleapi: Error 400: Service account {email} does not exist., badRequest"
    )


@pytest.mark.parametrize(
    "member",
    [
        "user:ana@example.com",
        "group:team@example.com",
        "domain:example.com",
        "serviceAccount:service-123@gcp-sa-pubsub.iam.gserviceaccount.com",
        "serviceAccount:build@another-project.iam.gserviceaccount.com",
        "serviceAccount:123-compute@developer.gserviceaccount.com",
        "principalSet://iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/ci/*",
        f"serviceAccount:{PROJECT}.svc.id.goog[web/api]",
    ],
)
def test_members_that_google_knows_are_granted(world, member):
    assert world.create(MEMBER, project=PROJECT, role="roles/run.viewer", member=member).outputs["member"] == member


@pytest.mark.parametrize("role", ["run.invoker", "Role", "roles/", "projects/acme-dev/run", ""])
def test_a_role_that_is_none_is_refused(world, role):
    assert "The role name must be in the form" in refused(world.create, token=MEMBER, project=PROJECT, role=role, member=SOMEONE)


@pytest.mark.parametrize("role", ["roles/secretmanager.secretReader", "roles/cloudsql.connect", "roles/dns.writer"])
def test_a_role_that_its_service_does_not_have_is_refused(world, role):
    message = refused(world.create, token=MEMBER, project=PROJECT, role=role, member=SOMEONE)
    assert message.endswith(f"Role {role} is not supported for this resource., badRequest")


@pytest.mark.parametrize(("role", "fits"), [("roles/storage.objectViewer", False), ("roles/secretmanager.secretAccessor", True), ("roles/viewer", True)])
def test_a_role_fits_the_resource_that_it_is_granted_on(world, role, fits):
    world.create("gcp:secretmanager/secret:Secret", secretId="jwt", replication={"auto": {}})
    grant = {"token": "gcp:secretmanager/secretIamMember:SecretIamMember", "secretId": "jwt", "role": role, "member": SOMEONE}
    if fits:
        assert world.create(**grant).outputs["role"] == role
    else:
        assert "is not supported for this resource" in refused(world.create, **grant)


def test_a_custom_role_must_have_been_made(world):
    name = f"projects/{PROJECT}/roles/deployer"
    message = refused(world.create, token=MEMBER, project=PROJECT, role=name, member=SOMEONE)
    assert message.endswith(f"Role ({name}) does not exist in the resource's hierarchy., badRequest")
    made = world.create(ROLE, roleId="deployer", title="Deployer", permissions=["run.services.get"])
    assert made.id == name
    assert world.create(MEMBER, project=PROJECT, role=name, member=SOMEONE).outputs["role"] == name


@pytest.mark.parametrize("name", ["my-role", "ab", "a" * 65])
def test_a_custom_roles_id_has_no_dashes(world, name):
    assert "roleId" in invalid(world, ROLE, roleId=name, title="Deployer", permissions=["run.services.get"])


def test_a_binding_is_told_by_its_role_and_checks_every_member(world, account):
    made = world.create(BINDING, project=PROJECT, role="roles/run.viewer", members=[SOMEONE, account.outputs["member"]])
    assert made.id == f"{PROJECT}/roles/run.viewer"
    assert "unknown type" in refused(world.create, token=BINDING, project=PROJECT, role="roles/run.admin", members=[SOMEONE, "ana"])
    assert world.update(made, members=[SOMEONE]).outputs["etag"] != made.outputs["etag"]


def test_deleted_principals_are_refused_before_the_cloud_is_asked(world):
    reasons = invalid(world, MEMBER, project=PROJECT, role="roles/run.viewer", member="deleted:user:ana@example.com?uid=1")
    assert reasons == {"member": "Terraform does not support IAM members for deleted principals"}


def test_who_acts_as_an_account_is_granted_on_its_full_name(world, account):
    made = world.create(ACT_AS, serviceAccountId=account.outputs["name"], role="roles/iam.serviceAccountUser", member=SOMEONE)
    assert made.id == f"{account.id}/roles/iam.serviceAccountUser/{SOMEONE}"
    assert "serviceAccountId" in invalid(world, ACT_AS, serviceAccountId="api-runner", role="roles/iam.serviceAccountUser", member=SOMEONE)


def test_an_account_with_grants_may_go(world, account):
    world.create(MEMBER, project=PROJECT, role="roles/run.viewer", member=account.outputs["member"])
    world.delete(account)
    assert world.cloud.get(ACCOUNT, account.id) is None


def test_a_subnetworks_grant_says_where_it_lies(world, subnetwork):
    made = world.create(ON_SUBNETWORK, subnetwork="run", role="roles/compute.networkUser", member=SOMEONE)
    assert made.id == f"{subnetwork.id}/roles/compute.networkUser/{SOMEONE}"
    assert (made.outputs["region"], made.outputs["project"]) == ("europe-west1", PROJECT)


def test_the_import_of_a_grant_takes_the_providers_spaces(world):
    given = f"{PROJECT} roles/run.viewer {SOMEONE}"
    assert world.kinds[MEMBER].import_id(given, world.config) == f"{PROJECT}/roles/run.viewer/{SOMEONE}"


def test_a_projects_number_is_its_own_and_stable(world):
    ask = "gcp:organizations/getProject:getProject"
    assert "Cloud Resource Manager API has not been used" in refused(world.invoke, token=ask)
    world.create(SERVICE, service="cloudresourcemanager.googleapis.com")
    mine, other = world.invoke(ask)["number"], world.invoke(ask, projectId="acme-prod")["number"]
    assert (len(mine), mine == other, mine == world.invoke(ask)["number"]) == (12, False, True)
    agent = world.invoke("gcp:storage/getProjectServiceAccount:getProjectServiceAccount")
    assert agent["member"] == f"serviceAccount:service-{mine}@gs-project-accounts.iam.gserviceaccount.com"


def test_zones_are_those_of_the_region(world):
    ask = "gcp:compute/getZones:getZones"
    assert "Compute Engine API has not been used" in refused(world.invoke, token=ask)
    world.create(SERVICE, service="compute.googleapis.com")
    assert world.invoke(ask)["names"] == ["europe-west1-b", "europe-west1-c", "europe-west1-d"]
    assert world.invoke(ask, region="europe-west4")["names"] == ["europe-west4-a", "europe-west4-b", "europe-west4-c"]
    assert "Invalid region" in refused(world.invoke, token=ask, region="europe-west99")
