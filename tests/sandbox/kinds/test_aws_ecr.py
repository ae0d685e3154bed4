"""Image repositories with their lifecycles and policies, as ECR and its provider treat them."""

from __future__ import annotations

import json

import pytest

from sandbox.resources.aws import ecr
from tests.sandbox.kinds.aws_world import ACCOUNT, said
from tests.sandbox.kinds.cloud import World, invalid, refused

KEY, LIFECYCLE, POLICY, REPOSITORY = ecr.KEY, ecr.LIFECYCLE, ecr.POLICY, ecr.REPOSITORY
ARN = f"arn:aws:kms:eu-west-1:{ACCOUNT}:key/1234abcd-12ab-34cd-56ef-1234567890ab"
BAD = "https response error StatusCode: 400, InvalidParameterException: Invalid parameter at"


@pytest.fixture
def world() -> World:
    return World({kind.token: kind for kind in ecr.KINDS}, config={"region": "eu-west-1"})


@pytest.fixture
def api(world):
    return world.create(REPOSITORY, name="app/api")


def rule(priority=1, status="untagged", **selection):
    picked = {"tagStatus": status, "countType": "imageCountMoreThan", "countNumber": 10, **selection}
    given = {key: value for key, value in picked.items() if value is not None}
    return {"rulePriority": priority, "selection": given, "action": {"type": "expire"}}


def rules(*given):
    return json.dumps({"rules": list(given)})


def test_a_repository_has_an_address_an_arn_and_what_it_was_not_told(api):
    assert api.id == "app/api"
    assert api.outputs["arn"] == f"arn:aws:ecr:eu-west-1:{ACCOUNT}:repository/app/api"
    assert api.outputs["repositoryUrl"] == f"{ACCOUNT}.dkr.ecr.eu-west-1.amazonaws.com/app/api"
    assert (api.outputs["registryId"], api.outputs["imageTagMutability"]) == (ACCOUNT, "MUTABLE")
    assert api.outputs["encryptionConfigurations"] == [{"encryptionType": "AES256", "kmsKey": ""}]
    assert api.outputs["imageScanningConfiguration"] == {"scanOnPush": False}


def test_an_update_keeps_the_encryption(world, api):
    later = world.update(api, imageTagMutability="IMMUTABLE", imageScanningConfiguration={"scanOnPush": True})
    assert later.outputs["encryptionConfigurations"] == api.outputs["encryptionConfigurations"]
    assert (later.outputs["imageTagMutability"], later.outputs["imageScanningConfiguration"]) == ("IMMUTABLE", {"scanOnPush": True})


def test_a_key_that_exists_encrypts_and_one_that_does_not_is_refused(world):
    block = [{"encryptionType": "KMS", "kmsKey": ARN}]
    message = "creating ECR Repository: KmsException: Key '{}' does not exist"
    assert refused(lambda: world.create(REPOSITORY, name="a1", encryptionConfigurations=block)) == message.format(ARN)
    world.put(KEY, "1234abcd-12ab-34cd-56ef-1234567890ab", arn=ARN)
    assert world.create(REPOSITORY, name="a1", encryptionConfigurations=block).outputs["encryptionConfigurations"] == block
    theirs = [{"encryptionType": "KMS", "kmsKey": ARN.replace(ACCOUNT, "210987654321")}]
    assert world.create(REPOSITORY, name="a2", encryptionConfigurations=theirs).outputs["encryptionConfigurations"] == theirs
    (own,) = world.create(REPOSITORY, name="a3", encryptionConfigurations=[{"encryptionType": "KMS"}]).outputs["encryptionConfigurations"]
    assert own["kmsKey"].startswith(f"arn:aws:kms:eu-west-1:{ACCOUNT}:key/")


def test_a_key_without_its_kind_of_encryption_is_refused(world):
    world.put(KEY, "k", arn=ARN)
    message = refused(lambda: world.create(REPOSITORY, name="app", encryptionConfigurations=[{"encryptionType": "AES256", "kmsKey": ARN}]))
    assert said(message).startswith(f"creating ECR Repository (app): operation error ECR: CreateRepository, {BAD} 'kmsKey' failed to satisfy constraint")


@pytest.mark.parametrize(
    ("name", "rule"),
    [
        ("a", "must have length greater than or equal to 2"),
        ("a" * 257, "must have length less than or equal to 256"),
        *((name, f"must satisfy regular expression '{ecr.PATTERN}'") for name in ("App", "a__b", "a/", "/a", "-a", "a..b", "a b", "a:b")),
    ],
)
def test_a_name_that_ecr_does_not_take_is_refused(world, name, rule):
    message = said(refused(lambda: world.create(REPOSITORY, name=name)))
    assert message == f"creating ECR Repository ({name}): operation error ECR: CreateRepository, {BAD} 'repositoryName' failed to satisfy constraint: '{rule}'"


def test_a_name_is_held_once(world, api):
    assert said(refused(lambda: world.create(REPOSITORY, name="app/api"))) == (
        "creating ECR Repository (app/api): operation error ECR: CreateRepository, https response error StatusCode: 400, "
        f"RepositoryAlreadyExistsException: The repository with name 'app/api' already exists in the registry with id '{ACCOUNT}'"
    )


def test_check_refuses_words_that_the_provider_does_not_know(world):
    words = '"MUTABLE" "IMMUTABLE" "IMMUTABLE_WITH_EXCLUSION" "MUTABLE_WITH_EXCLUSION"'
    assert invalid(world, REPOSITORY, name="app", imageTagMutability="FIXED", encryptionConfigurations=[{"encryptionType": "aes"}]) == {
        "imageTagMutability": f"expected image_tag_mutability to be one of [{words}], got FIXED",
        "encryptionConfigurations[0].encryptionType": 'expected encryption_type to be one of ["AES256" "KMS" "KMS_DSSE"], got aes',
    }
    filters = [{"filter": "latest*", "filterType": "WILDCARD"}]
    assert "imageTagMutabilityExclusionFilters" in invalid(world, REPOSITORY, name="app", imageTagMutabilityExclusionFilters=filters)
    assert world.check(REPOSITORY, name="app", imageTagMutability="IMMUTABLE_WITH_EXCLUSION", imageTagMutabilityExclusionFilters=filters)


def test_a_repository_with_images_stays_unless_forced(world):
    full = world.create(REPOSITORY, name="app")
    world.put("aws:ecs/taskDefinition:TaskDefinition", "t", containerDefinitions=json.dumps([{"image": f"{full.outputs['repositoryUrl']}:v1"}]))
    world.delete(world.create(REPOSITORY, name="ap"))
    assert said(refused(lambda: world.delete(full))) == (
        "ECR Repository (app) not empty, consider using force_delete: operation error ECR: DeleteRepository, https response error StatusCode: 400, "
        f"RepositoryNotEmptyException: The repository with name 'app' in registry with id '{ACCOUNT}' cannot be deleted because it still contains images"
    )
    forced = world.update(full, forceDelete=True)
    world.delete(forced)
    assert list(world.cloud.find(REPOSITORY)) == []


def test_a_lifecycle_and_a_policy_go_with_their_repository(world, api):
    world.create(LIFECYCLE, repository="app/api", policy=rules(rule()))
    world.create(POLICY, repository="app/api", policy=allowing("ecr:BatchGetImage"))
    world.create(REPOSITORY, name="other")
    world.delete(api)
    assert [record.id for record in world.cloud.records.values()] == ["other"]


def test_a_lifecycle_needs_its_repository(world):
    assert said(refused(lambda: world.create(LIFECYCLE, repository="app", policy=rules(rule())))) == (
        "creating ECR Lifecycle Policy (app): operation error ECR: PutLifecyclePolicy, https response error StatusCode: 400, "
        f"RepositoryNotFoundException: The repository with name 'app' does not exist in the registry with id '{ACCOUNT}'"
    )


def test_a_lifecycle_that_ecr_takes(world, api):
    age = {"countType": "sinceImagePushed", "countUnit": "days"}
    many = rules(rule(1, **age), rule(2, "tagged", tagPatternList=["*"]), rule(3, "tagged", tagPrefixList=["v"]), rule(4, "any"))
    made = world.create(LIFECYCLE, repository="app/api", policy=many)
    assert (made.id, made.outputs["registryId"]) == ("app/api", ACCOUNT)
    assert world.create(LIFECYCLE, repository="app/api", policy=rules(rule())).inputs["policy"] == rules(rule()), "a second one takes the first one's place"


ENUM = 'not found in enum (possible values: ["expire","transition"])'


@pytest.mark.parametrize(
    ("policy", "flaw"),
    [
        ("{}", 'object has missing required properties (["rules"])'),
        (rules(), "array is too short: must have at least 1 elements"),
        (rules(*(rule(n) for n in range(1, 52))), "array is too long: must have at most 50 elements"),
        (rules("x"), 'instance type (string) does not match any allowed primitive type (allowed: ["object"])'),
        (rules({"rulePriority": 1}), 'object has missing required properties (["action","selection"])'),
        (rules({**rule(), "name": "x"}), 'object instance has properties which are not allowed by the schema: (["name"])'),
        (rules({**rule(), "action": {"type": "delete"}}), f'instance value ("delete") {ENUM}'),
        (rules(rule(status="all")), 'instance value ("all") not found in enum (possible values: ["tagged","untagged","any"])'),
        (rules(rule(countNumber=0)), "numeric instance is lower than the required minimum (minimum: 1, found: 0)"),
        (rules(rule(priority="1")), 'instance type (string) does not match any allowed primitive type (allowed: ["integer"])'),
        (rules(rule(countNumber=None)), 'object has missing required properties (["countNumber"])'),
        (rules(rule(countUnit="days")), "instance failed to match exactly one schema (matched 0 out of 2)"),
        (rules(rule(countType="sinceImagePushed")), "instance failed to match exactly one schema (matched 0 out of 2)"),
        (rules(rule(countType="sinceImagePushed", countUnit="weeks")), 'instance value ("weeks") not found in enum (possible values: ["days"])'),
        (rules(rule(status="tagged")), "exactly one of tagPatternList and tagPrefixList must be given with tagStatus tagged"),
        (rules(rule(tagPrefixList=["v"])), "tagPatternList and tagPrefixList may only be given with tagStatus tagged"),
        (rules(rule(status="tagged", tagPatternList=["*a*b*c*d*"])), "tag pattern *a*b*c*d* has more than 4 wildcards"),
        (rules(rule(1), rule(1, "tagged", tagPatternList=["*"])), "rulePriority must be unique, found 1 more than once"),
        (rules(rule(1, "any"), rule(2)), "a rule with tagStatus any must have the highest rulePriority"),
    ],
)
def test_a_lifecycle_that_ecr_does_not_take_is_refused(world, api, policy, flaw):
    message = said(refused(lambda: world.create(LIFECYCLE, repository="app/api", policy=policy)))
    start = f"creating ECR Lifecycle Policy (app/api): operation error ECR: PutLifecyclePolicy, {BAD} 'LifecyclePolicyText'"
    assert message == f"{start} failed to satisfy constraint: 'Lifecycle policy validation failure: {flaw}'"


def test_a_lifecycle_that_is_no_json_is_refused_before_ecr_is_asked(world):
    assert list(invalid(world, LIFECYCLE, repository="app", policy="rules")) == ["policy"]


def test_what_replaces_a_lifecycle_and_a_repository():
    kinds = {kind.token: kind for kind in ecr.KINDS}
    assert "policy" in kinds[LIFECYCLE].replaces
    assert "policy" not in kinds[POLICY].replaces
    assert {"name", "encryptionConfigurations.kmsKey"} <= kinds[REPOSITORY].replaces


def allowing(*actions, **more):
    statement = {"Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}, "Action": list(actions), **more}
    return json.dumps({"Version": "2012-10-17", "Statement": [{key: value for key, value in statement.items() if value is not None}]})


def test_a_policy_says_who_may_do_what_with_its_repository(world, api):
    made = world.create(POLICY, repository="app/api", policy=allowing("ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"))
    assert (made.id, made.outputs["registryId"]) == ("app/api", ACCOUNT)
    assert world.update(made, policy=allowing("ecr:*")).inputs["policy"] == allowing("ecr:*")


@pytest.mark.parametrize(
    "policy",
    [allowing("s3:GetObject"), allowing(), allowing("ecr:*", Principal=None), allowing("ecr:*", Resource="*"), allowing("ecr:*", Effect="Maybe"), "{}"],
)
def test_a_policy_that_ecr_does_not_take_is_refused(world, api, policy):
    message = said(refused(lambda: world.create(POLICY, repository="app/api", policy=policy)))
    start = f"creating ECR Repository Policy (app/api): operation error ECR: SetRepositoryPolicy, {BAD} 'PolicyText'"
    assert message == f"{start} failed to satisfy constraint: 'Invalid repository policy provided'"
