"""Roles, policies, instance profiles and identity providers, as IAM and its provider treat them."""

from __future__ import annotations

import json
from types import SimpleNamespace

import pytest

from sandbox.resources.aws.iam_trust import trusts
from tests.sandbox.kinds.aws_world import ACCOUNT, ROLE, aws_world, said
from tests.sandbox.kinds.cloud import invalid, refused

POLICY = "aws:iam/policy:Policy"
INLINE = "aws:iam/rolePolicy:RolePolicy"
ATTACHMENT = "aws:iam/rolePolicyAttachment:RolePolicyAttachment"
PROFILE = "aws:iam/instanceProfile:InstanceProfile"
LINKED = "aws:iam/serviceLinkedRole:ServiceLinkedRole"
PROVIDER = "aws:iam/openIdConnectProvider:OpenIdConnectProvider"
BAD = "https response error StatusCode: 400,"
CONFLICT = "https response error StatusCode: 409,"
MISSING = "https response error StatusCode: 404,"


@pytest.fixture
def world():
    return aws_world()


def document(*statements):
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def trust(principal, **more):
    return document({"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole", **more})


ECS = trust({"Service": "ecs-tasks.amazonaws.com"})
READ = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::a/*"}


@pytest.fixture
def role(world):
    return world.create(ROLE, name="task", assumeRolePolicy=ECS)


def test_a_role_has_its_arn_a_unique_id_and_the_providers_defaults(world, role):
    assert (role.id, role.outputs["arn"]) == ("task", f"arn:aws:iam::{ACCOUNT}:role/task")
    assert (role.outputs["path"], role.outputs["maxSessionDuration"], role.outputs["forceDetachPolicies"]) == ("/", 3600, False)
    assert role.outputs["uniqueId"].startswith("AROA")
    assert len(role.outputs["uniqueId"]) == 21
    assert role.outputs["createDate"] == "2026-01-02T03:04:05Z"
    after = world.update(role, description="Tasks")
    assert [after.outputs[name] for name in ("uniqueId", "createDate")] == [role.outputs[name] for name in ("uniqueId", "createDate")]
    assert world.create(ROLE, name="deep", path="/app/web/", assumeRolePolicy=ECS).outputs["arn"] == f"arn:aws:iam::{ACCOUNT}:role/app/web/deep"


@pytest.mark.parametrize(
    ("given", "failures"),
    [
        ({"name": "r" * 65}, {"name": f"expected length of name to be in the range (1 - 64), got {'r' * 65}"}),
        ({"name": "a/b"}, {"name": "invalid value for name (must match [\\w+=,.@-])"}),
        ({"name": "a", "namePrefix": "b"}, {"name": '"name": conflicts with name_prefix'}),
        ({"namePrefix": "r" * 39}, {"namePrefix": f"expected length of name_prefix to be in the range (1 - 38), got {'r' * 39}"}),
        ({"path": "app/"}, {"path": 'invalid value for path (must begin and end with a forward slash (/) and be at most 512 characters), got "app/"'}),
        ({"maxSessionDuration": 3599}, {"maxSessionDuration": "expected max_session_duration to be in the range (3600 - 43200), got 3599"}),
        ({"maxSessionDuration": 43201}, {"maxSessionDuration": "expected max_session_duration to be in the range (3600 - 43200), got 43201"}),
        ({"description": "d" * 1001}, {"description": f"expected length of description to be in the range (0 - 1000), got {'d' * 1001}"}),
        ({"permissionsBoundary": "b"}, {"permissionsBoundary": '"permissions_boundary" (b) is an invalid ARN: arn: invalid prefix'}),
        ({"assumeRolePolicy": "role"}, {"assumeRolePolicy": '"assume_role_policy" contains an invalid JSON policy'}),
        ({"assumeRolePolicy": " "}, {"assumeRolePolicy": '"assume_role_policy" is an empty string, which is not a valid JSON value'}),
        (
            {"assumeRolePolicy": '"{}"'},
            {"assumeRolePolicy": '"assume_role_policy" contains an invalid JSON policy: contains a JSON-encoded string, not a JSON-encoded object'},
        ),
        (
            {"assumeRolePolicy": "{,}"},
            {"assumeRolePolicy": ('"assume_role_policy" contains an invalid JSON policy: Expecting property name enclosed in double quotes, at byte offset 1')},
        ),
    ],
)
def test_what_the_provider_refuses_of_a_role(world, given, failures):
    assert invalid(world, ROLE, **{"assumeRolePolicy": ECS, **given}) == failures


def test_a_description_has_plain_letters(world):
    assert "must satisfy regular expression pattern" in invalid(world, ROLE, assumeRolePolicy=ECS, description="日本")["description"]


def test_a_name_is_taken_once_in_whatever_case(world, role):
    message = said(refused(world.create, token=ROLE, name="task", assumeRolePolicy=ECS))
    start = "creating IAM Role (task): operation error IAM: CreateRole"
    assert message == f"{start}, {CONFLICT} EntityAlreadyExists: Role with name task already exists."
    assert "EntityAlreadyExists: Role with name TASK already exists." in refused(world.create, token=ROLE, name="TASK", assumeRolePolicy=ECS)


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (trust({"Service": "ecs-tasks"}), 'Invalid principal in policy: "SERVICE":"ecs-tasks"'),
        (trust({"AWS": f"arn:aws:iam::{ACCOUNT}:role/gone"}), f'Invalid principal in policy: "AWS":"arn:aws:iam::{ACCOUNT}:role/gone"'),
        (trust({"AWS": "somebody"}), 'Invalid principal in policy: "AWS":"somebody"'),
        (trust({"Who": "somebody"}), "Invalid principal in policy."),
        (trust({"Service": []}), "Invalid principal in policy."),
        (trust({"Service": "ecs-tasks.amazonaws.com"}, Resource="*"), "Has prohibited field Resource"),
        (trust({"Service": "ecs-tasks.amazonaws.com"}, Action="s3:GetObject"), "AssumeRole policy may only specify STS AssumeRole actions."),
        (document({"Effect": "Allow", "Action": "sts:AssumeRole"}), "Missing required field Principal"),
        ("{}", "Syntax errors in policy."),
    ],
)
def test_a_trust_policy_that_iam_does_not_take_is_refused(world, role, value, words):
    message = said(refused(world.create, token=ROLE, name="new", assumeRolePolicy=value))
    assert message == f"creating IAM Role (new): operation error IAM: CreateRole, {BAD} MalformedPolicyDocument: {words}"
    message = refused(world.update, old=role, assumeRolePolicy=value)
    assert message.startswith("updating IAM Role (task) assume role policy: operation error IAM: UpdateAssumeRolePolicy, ")


@pytest.mark.parametrize(
    "principal",
    [
        "*",
        {"AWS": ACCOUNT},
        {"AWS": f"arn:aws:iam::{ACCOUNT}:root"},
        {"AWS": "arn:aws:iam::111122223333:role/theirs"},
        {"AWS": f"arn:aws:sts::{ACCOUNT}:assumed-role/task/session"},
        {"Service": ["ecs-tasks.amazonaws.com", "edgelambda.amazonaws.com"]},
        {"Federated": f"arn:aws:iam::{ACCOUNT}:oidc-provider/token.actions.githubusercontent.com"},
    ],
)
def test_a_principal_that_may_be_there_passes(world, principal):
    assert world.create(ROLE, name="new", assumeRolePolicy=trust(principal)).id == "new"


def test_a_principal_that_is_there_passes_and_a_document_may_be_a_mapping(world, role):
    made = world.create(ROLE, name="new", assumeRolePolicy=json.loads(trust({"AWS": role.outputs["arn"]})))
    assert json.loads(made.outputs["assumeRolePolicy"])["Statement"][0]["Principal"] == {"AWS": role.outputs["arn"]}
    inline = world.create(INLINE, role="new", name="p", policy=json.loads(document(READ)))
    managed = world.create(POLICY, name="p", policy=json.loads(document(READ)))
    assert [json.loads(one.outputs["policy"])["Statement"] for one in (inline, managed)] == [[READ], [READ]]


def test_a_trust_policy_has_2048_letters_at_most_white_space_not_counted(world):
    def of(length):
        value = trust({"Service": "ecs-tasks.amazonaws.com"}, Condition={"StringLike": {"aws:x": ""}})
        room = length - len("".join(value.split()))
        return trust({"Service": "ecs-tasks.amazonaws.com"}, Condition={"StringLike": {"aws:x": "a" * room}})

    assert world.create(ROLE, name="fits", assumeRolePolicy=json.dumps(json.loads(of(2048)), indent=8)).id == "fits"
    message = said(refused(world.create, token=ROLE, name="long", assumeRolePolicy=of(2049)))
    assert message.endswith(f"IAM: CreateRole, {CONFLICT} LimitExceeded: Cannot exceed quota for ACLSizePerRole: 2048")


def test_a_boundary_is_a_policy_that_is_there(world):
    gone = f"arn:aws:iam::{ACCOUNT}:policy/gone"
    message = said(refused(world.create, token=ROLE, name="new", assumeRolePolicy=ECS, permissionsBoundary=gone))
    assert message.endswith(f"{MISSING} NoSuchEntity: Scope ARN: {gone} does not exist or is not attachable.")
    plain = world.create(ROLE, name="plain", assumeRolePolicy=ECS)
    assert refused(world.update, old=plain, permissionsBoundary=gone).startswith("updating IAM Role (plain) permissions boundary: ")
    there = world.create(POLICY, name="there", policy=document(READ)).id
    assert world.create(ROLE, name="new", assumeRolePolicy=ECS, permissionsBoundary=there).outputs["permissionsBoundary"] == there


def test_a_role_with_policies_stays_unless_the_provider_is_to_take_them_away(world, role):
    policy = world.create(POLICY, name="read", policy=document(READ))
    tie = world.create(ATTACHMENT, role="task", policyArn=policy.id)
    start = "deleting IAM Role (task): operation error IAM: DeleteRole"
    assert said(refused(world.delete, record=role)) == f"{start}, {CONFLICT} DeleteConflict: Cannot delete entity, must detach all policies first."
    world.delete(tie)
    inline = world.create(INLINE, role="task", name="read", policy=document(READ))
    assert said(refused(world.delete, record=role)) == f"{start}, {CONFLICT} DeleteConflict: Cannot delete entity, must delete policies first."
    world.delete(inline)
    world.create(INLINE, role="task", name="read", policy=document(READ))
    world.create(ATTACHMENT, role="task", policyArn=policy.id)
    world.delete(world.update(role, forceDetachPolicies=True))
    assert not [*world.cloud.find(INLINE), *world.cloud.find(ATTACHMENT), *world.cloud.find(ROLE)]


def test_an_inline_policy_is_in_a_role_and_is_put_over_what_was_there(world, role):
    made = world.create(INLINE, role=role.id, name="read", policy=document(READ))
    assert made.id == "task:read"
    assert world.create(INLINE, role=role.id, name="read", policy=document({**READ, "Sid": "A"})).id == "task:read"
    message = said(refused(world.create, token=INLINE, role="gone", name="read", policy=document(READ)))
    start = "putting IAM Role (gone) Policy (read): operation error IAM: PutRolePolicy"
    assert message == f"{start}, {MISSING} NoSuchEntity: The role with name gone cannot be found."
    assert "invalid JSON policy" in invalid(world, INLINE, role="a", name="b", policy="x")["policy"]
    assert "(1 - 128)" in invalid(world, INLINE, role="a", name="b" * 129, policy=document(READ))["name"]


def sized(length):
    base = len("".join(document({**READ, "Resource": "arn:aws:s3:::"}).split()))
    return document({**READ, "Resource": f"arn:aws:s3:::{'a' * (length - base)}"})


def test_all_inline_policies_of_a_role_have_10240_letters_at_most(world, role):
    world.create(INLINE, role=role.id, name="one", policy=sized(5120))
    world.create(INLINE, role=role.id, name="two", policy=sized(5120))
    message = said(refused(world.create, token=INLINE, role=role.id, name="three", policy=sized(200)))
    words = "LimitExceeded: Maximum policy size of 10240 bytes exceeded for role task"
    assert message == f"putting IAM Role (task) Policy (three): operation error IAM: PutRolePolicy, {CONFLICT} {words}"
    assert world.create(INLINE, role=role.id, name="two", policy=sized(5119)).id


@pytest.mark.parametrize(
    ("statement", "words"),
    [
        ({**READ, "Action": "GetObject"}, "Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc."),
        ({**READ, "Action": "s 3:GetObject"}, "Vendor s 3 is not valid"),
        ({**READ, "Action": "s3:Get Object"}, "Syntax errors in policy."),
        ({**READ, "Action": [1]}, "Syntax errors in policy."),
        ({**READ, "Action": []}, "Policy statement must contain actions."),
        ({key: value for key, value in READ.items() if key != "Action"}, "Policy statement must contain actions."),
        ({**READ, "Resource": "bucket"}, 'Resource bucket must be in ARN format or "*".'),
        ({**READ, "Resource": [1]}, "Syntax errors in policy."),
        ({key: value for key, value in READ.items() if key != "Resource"}, "Policy statement must contain resources."),
        ({**READ, "Principal": "*"}, "Policy document should not specify a principal."),
        ({**READ, "Effect": "Permit"}, "Syntax errors in policy."),
        ({**READ, "Resources": "*"}, "Syntax errors in policy."),
        ({**READ, "Sid": "a-b"}, "Statement IDs (SID) must be alpha-numeric. Check that your input satisfies the regular expression [0-9A-Za-z]*: a-b"),
        ({**READ, "Condition": {"StringSame": {"aws:x": "y"}}}, "Invalid Condition type : StringSame."),
        ({**READ, "Condition": {"StringLike": {"x": "y"}}}, "Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc."),
        ({**READ, "Condition": {"StringLike": "y"}}, "Syntax errors in policy."),
        ({**READ, "Condition": "y"}, "Syntax errors in policy."),
    ],
)
def test_a_policy_that_iam_does_not_take_is_refused_wherever_it_is(world, role, statement, words):
    inline = said(refused(world.create, token=INLINE, role=role.id, name="p", policy=document(statement)))
    assert inline == f"putting IAM Role (task) Policy (p): operation error IAM: PutRolePolicy, {BAD} MalformedPolicyDocument: {words}"
    managed = said(refused(world.create, token=POLICY, name="p", policy=document(statement)))
    assert managed == f"creating IAM Policy (p): operation error IAM: CreatePolicy, {BAD} MalformedPolicyDocument: {words}"


@pytest.mark.parametrize(
    ("whole", "words"),
    [
        ({"Version": "2020-01-01", "Statement": [READ]}, "The policy must contain a valid version string"),
        ({"Version": "2012-10-17"}, "Syntax errors in policy."),
        ({"Version": "2012-10-17", "Statement": ["x"]}, "Syntax errors in policy."),
        ({"Version": "2012-10-17", "Statement": [READ], "Statements": []}, "Syntax errors in policy."),
        ({"Version": "2012-10-17", "Statement": [{**READ, "Sid": "A"}, {**READ, "Sid": "A"}]}, "Statement IDs (SID) in a single policy must be unique."),
    ],
)
def test_a_document_that_is_no_policy_is_refused(world, whole, words):
    assert refused(world.create, token=POLICY, name="p", policy=json.dumps(whole)).endswith(f"MalformedPolicyDocument: {words}")


@pytest.mark.parametrize(
    "statement",
    [
        {**READ, "Action": "*", "Resource": "*"},
        {**READ, "Action": ["s3:Get*", "s3:List?ucket"], "Resource": ["arn:aws:s3:::a", "arn:aws:s3:::a/*"]},
        {"Effect": "Deny", "NotAction": "iam:*", "NotResource": "arn:aws:s3:::a"},
        {**READ, "Condition": {"ForAllValues:StringEqualsIfExists": {"aws:TagKeys": ["a"]}, "Bool": {"aws:SecureTransport": "true"}}},
    ],
)
def test_a_policy_that_iam_takes_passes(world, statement):
    assert world.create(POLICY, name="p", policy=json.dumps({"Version": "2012-10-17", "Statement": statement})).id


def test_a_policy_has_its_arn_counts_who_has_it_and_stays_with_them(world, role):
    made = world.create(POLICY, name="read", path="/app/", policy=document(READ))
    assert made.id == made.outputs["arn"] == f"arn:aws:iam::{ACCOUNT}:policy/app/read"
    assert made.outputs["policyId"].startswith("ANPA")
    assert made.outputs["attachmentCount"] == 0
    tie = world.create(ATTACHMENT, role="task", policyArn=made.id)
    assert world.create(ATTACHMENT, role="task", policyArn=made.id).id.startswith("task-")
    world.delete(next(iter(world.cloud.find(ATTACHMENT))))
    after = world.update(made, policy=document({**READ, "Sid": "A"}))
    assert (after.outputs["attachmentCount"], after.outputs["policyId"]) == (1, made.outputs["policyId"])
    start = f"deleting IAM Policy ({made.id}): operation error IAM: DeletePolicy"
    assert said(refused(world.delete, record=made)) == f"{start}, {CONFLICT} DeleteConflict: Cannot delete a policy attached to entities."
    assert tie.inputs["policyArn"] == made.id


def test_a_policy_is_called_as_no_other_and_has_6144_letters_at_most(world):
    made = world.create(POLICY, name="read", policy=sized(6144))
    message = said(refused(world.create, token=POLICY, name="Read", path="/a/", policy=document(READ)))
    assert message.endswith(f"{CONFLICT} EntityAlreadyExists: A policy called Read already exists. Duplicate names are not allowed.")
    message = said(refused(world.update, old=made, policy=sized(6145)))
    start = f"updating IAM Policy ({made.id}): operation error IAM: CreatePolicyVersion"
    assert message == f"{start}, {CONFLICT} LimitExceeded: Cannot exceed quota for PolicySize: 6144"
    assert "(1 - 128)" in invalid(world, POLICY, name="p" * 129, policy=document(READ))["name"]
    assert "forward slash" in invalid(world, POLICY, name="p", path="a", policy=document(READ))["path"]
    assert "(0 - 1000)" in invalid(world, POLICY, name="p", description="d" * 1001, policy=document(READ))["description"]
    assert "invalid JSON policy" in invalid(world, POLICY, name="p", policy="[]")["policy"]


@pytest.mark.parametrize(
    ("arn", "there"),
    [
        ("arn:aws:iam::aws:policy/service-role/AmazonECSTaskExecutionRolePolicy", True),
        ("arn:aws:iam::aws:policy/AmazonECSTaskExecutionRolePolicy", False),
        ("arn:aws:iam::aws:policy/ReadOnlyAccess", True),
        ("arn:aws:iam::aws:policy/service-role/ReadOnlyAccess", False),
        (f"arn:aws:iam::{ACCOUNT}:policy/ReadOnlyAccess", False),
    ],
)
def test_a_policy_of_awss_is_where_aws_has_it(world, role, arn, there):
    if there:
        assert world.create(ATTACHMENT, role="task", policyArn=arn).id
        return
    message = said(refused(world.create, token=ATTACHMENT, role="task", policyArn=arn))
    start = f"attaching IAM Policy ({arn}) to IAM Role (task): operation error IAM: AttachRolePolicy"
    assert message == f"{start}, {MISSING} NoSuchEntity: Policy {arn} does not exist or is not attachable."


def test_a_role_has_ten_managed_policies_at_most(world, role):
    for number in range(10):
        world.create(ATTACHMENT, role="task", policyArn=world.create(POLICY, name=f"p{number}", policy=document(READ)).id)
    more = world.create(POLICY, name="p10", policy=document(READ)).id
    assert refused(world.create, token=ATTACHMENT, role="task", policyArn=more).endswith("LimitExceeded: Cannot exceed quota for PoliciesPerRole: 10")
    assert "The role with name gone cannot be found." in refused(world.create, token=ATTACHMENT, role="gone", policyArn=more)
    assert invalid(world, ATTACHMENT, role="task", policyArn="read") == {"policyArn": '"policy_arn" (read) is an invalid ARN: arn: invalid prefix'}


def test_a_profile_holds_a_role_that_is_there(world, role):
    made = world.create(PROFILE, name="host", role="task")
    assert made.outputs["arn"] == f"arn:aws:iam::{ACCOUNT}:instance-profile/host"
    assert made.outputs["uniqueId"].startswith("AIPA")
    assert "The role with name gone cannot be found." in refused(world.create, token=PROFILE, name="other", role="gone")
    assert "EntityAlreadyExists: Instance Profile host already exists." in refused(world.create, token=PROFILE, name="host", role="task")
    assert "EntityAlreadyExists: Instance Profile HOST already exists." in refused(world.create, token=PROFILE, name="HOST", role="task")
    assert "(1 - 128)" in invalid(world, PROFILE, name="p" * 129)["name"]
    assert "forward slash" in invalid(world, PROFILE, name="p", path="a")["path"]


def test_a_service_has_its_role_once(world):
    made = world.create(LINKED, awsServiceName="ecs.amazonaws.com")
    assert made.id == f"arn:aws:iam::{ACCOUNT}:role/aws-service-role/ecs.amazonaws.com/AWSServiceRoleForECS"
    assert (made.outputs["name"], made.outputs["path"]) == ("AWSServiceRoleForECS", "/aws-service-role/ecs.amazonaws.com/")
    message = refused(world.create, token=LINKED, awsServiceName="ecs.amazonaws.com")
    assert message.endswith("Service role name AWSServiceRoleForECS has been taken in this account, please try a different suffix.")
    assert world.create(LINKED, awsServiceName="ecs.amazonaws.com", customSuffix="two").outputs["name"] == "AWSServiceRoleForECS_two"
    assert world.create(LINKED, awsServiceName="lex-v2.amazonaws.com").outputs["name"] == "AWSServiceRoleForLexV2"
    assert "(0 - 64)" in invalid(world, LINKED, awsServiceName="ecs.amazonaws.com", customSuffix="s" * 65)["customSuffix"]
    assert "full service hostname" in invalid(world, LINKED, awsServiceName="ecs")["awsServiceName"]


def test_a_provider_of_identities_is_called_by_its_host(world):
    url = "https://token.actions.githubusercontent.com"
    made = world.create(PROVIDER, url=url, clientIdLists=["sts.amazonaws.com"])
    assert made.id == made.outputs["arn"] == f"arn:aws:iam::{ACCOUNT}:oidc-provider/token.actions.githubusercontent.com"
    assert f"EntityAlreadyExists: Provider with url {url} already exists." in refused(world.create, token=PROVIDER, url=url, clientIdLists=["a"])
    assert "schema of" in invalid(world, PROVIDER, url="http://a.b", clientIdLists=["a"])["url"]
    assert "(40 - 40)" in invalid(world, PROVIDER, url=url, clientIdLists=["a"], thumbprintLists=["a"])["thumbprintLists[0]"]


@pytest.mark.parametrize(
    ("value", "service", "answer"),
    [
        (ECS, "ecs-tasks.amazonaws.com", True),
        (ECS, "ecs.amazonaws.com", False),
        (trust({"Service": ["a.amazonaws.com", "ecs-tasks.amazonaws.com"]}), "ecs-tasks.amazonaws.com", True),
        (trust({"Service": "ecs-tasks.amazonaws.com"}, Action="sts:AssumeRoleWithWebIdentity"), "ecs-tasks.amazonaws.com", False),
        (trust({"AWS": ACCOUNT}), "ecs-tasks.amazonaws.com", False),
        (
            document(*json.loads(ECS)["Statement"], {"Effect": "Deny", "Principal": {"Service": "ecs-tasks.amazonaws.com"}, "Action": "sts:*"}),
            "ecs-tasks.amazonaws.com",
            False,
        ),
    ],
)
def test_a_role_trusts_whom_its_policy_lets_in(world, value, service, answer):
    made = world.create(ROLE, name="r", assumeRolePolicy=value)
    assert trusts(SimpleNamespace(cloud=world.cloud), made.outputs["arn"], service) is answer


def test_a_role_that_is_gone_trusts_nobody_and_one_of_a_service_only_that(world):
    call = SimpleNamespace(cloud=world.cloud)
    assert not trusts(call, f"arn:aws:iam::{ACCOUNT}:role/gone", "ecs.amazonaws.com")
    linked = world.create(LINKED, awsServiceName="ecs.amazonaws.com").id
    assert trusts(call, linked, "ecs.amazonaws.com")
    assert not trusts(call, linked, "rds.amazonaws.com")


def test_roles_and_policies_are_looked_up(world, role):
    found = world.invoke("aws:iam/getRole:getRole", name="task")
    assert (found["arn"], json.loads(found["assumeRolePolicy"])) == (role.outputs["arn"], json.loads(ECS))
    assert refused(world.invoke, token="aws:iam/getRole:getRole", name="gone") == "reading IAM Role (gone): couldn't find resource"
    policy = world.create(POLICY, name="read", policy=document(READ))
    assert world.invoke("aws:iam/getPolicy:getPolicy", name="read")["arn"] == policy.id
    assert world.invoke("aws:iam/getPolicy:getPolicy", arn=policy.id)["name"] == "read"
    assert "couldn't find resource" in refused(world.invoke, token="aws:iam/getPolicy:getPolicy", name="gone")
