"""The policy documents that `aws.iam.get_policy_document` writes."""

from __future__ import annotations

import json

import pytest

from tests.sandbox.kinds.aws_world import aws_world
from tests.sandbox.kinds.cloud import refused

TOKEN = "aws:iam/getPolicyDocument:getPolicyDocument"


@pytest.fixture
def world():
    return aws_world()


def written(world, **given):
    return json.loads(world.invoke(TOKEN, **given)["json"])


def test_a_document_is_written_as_the_real_data_source_writes_it(world):
    statement = {"sid": "1", "actions": ["s3:ListAllMyBuckets", "s3:GetBucketLocation"], "resources": ["arn:aws:s3:::*"]}
    answer = world.invoke(TOKEN, statements=[statement])
    assert answer["json"] == (
        '{\n  "Version": "2012-10-17",\n  "Statement": [\n    {\n      "Sid": "1",\n      "Effect": "Allow",\n      "Action": [\n'
        '        "s3:ListAllMyBuckets",\n        "s3:GetBucketLocation"\n      ],\n      "Resource": "arn:aws:s3:::*"\n    }\n  ]\n}'
    )
    assert answer["minifiedJson"].startswith('{"Version":"2012-10-17","Statement":[{"Sid":"1","Effect":"Allow","Action":["s3:L')
    assert answer["id"].isdigit()
    assert answer["version"] == "2012-10-17"


def test_principals_conditions_and_variables_are_written(world):
    statement = {
        "effect": "Deny",
        "notActions": ["s3:*"],
        "notResources": ["arn:aws:s3:::a/&{aws:username}"],
        "principals": [{"type": "AWS", "identifiers": ["a", "b"]}, {"type": "Service", "identifiers": ["x.amazonaws.com"]}],
        "conditions": [
            {"test": "StringLike", "variable": "s3:prefix", "values": ["", "home/"]},
            {"test": "StringLike", "variable": "aws:x", "values": ["<y>"]},
        ],
    }
    assert written(world, statements=[statement])["Statement"] == [
        {
            "Effect": "Deny",
            "NotAction": "s3:*",
            "NotResource": "arn:aws:s3:::a/${aws:username}",
            "Principal": {"AWS": ["b", "a"], "Service": "x.amazonaws.com"},
            "Condition": {"StringLike": {"s3:prefix": ["", "home/"], "aws:x": "<y>"}},
        }
    ]
    assert "\\u003cy\\u003e" in world.invoke(TOKEN, statements=[statement])["json"]


def test_everybody_is_written_as_a_star(world):
    everybody = [{"type": "*", "identifiers": ["*"]}]
    assert written(world, statements=[{"actions": ["s3:*"], "principals": everybody, "notPrincipals": everybody}])["Statement"][0]["Principal"] == "*"
    aws = written(world, statements=[{"actions": ["s3:*"], "principals": [{"type": "AWS", "identifiers": ["*"]}]}])
    assert aws["Statement"][0]["Principal"] == {"AWS": "*"}


def test_documents_are_merged_by_sid(world):
    def document(*pairs):
        return json.dumps({"Version": "2012-10-17", "Statement": [{"Sid": sid, "Effect": "Allow", "Action": action} for sid, action in pairs]})

    merged = written(
        world,
        policyId="p",
        sourcePolicyDocuments=[document(("A", "a:1"), ("B", "b:1"))],
        statements=[{"sid": "B", "actions": ["b:2"]}, {"actions": ["c:1"]}],
        overridePolicyDocuments=[document(("A", "a:9"), ("D", "d:1"))],
    )
    assert merged["Id"] == "p"
    assert [statement["Action"] for statement in merged["Statement"]] == ["a:9", "b:2", "c:1", "d:1"]


def test_a_sid_stands_once(world):
    statement = {"sid": "A", "actions": ["s3:*"]}
    assert "duplicate Sid (A)" in refused(world.invoke, token=TOKEN, statements=[statement, statement])
    source = json.dumps({"Statement": [{"Sid": "A"}]})
    assert "duplicate Sid (A)" in refused(world.invoke, token=TOKEN, sourcePolicyDocuments=[source, source])


def test_what_is_no_document_or_no_version_is_refused(world):
    assert "merging source document" in refused(world.invoke, token=TOKEN, overridePolicyDocuments=["x"])
    assert refused(world.invoke, token=TOKEN, version="2020").startswith("expected version to be one of")


def test_no_statements_leave_a_version_alone(world):
    assert written(world) == {"Version": "2012-10-17"}
