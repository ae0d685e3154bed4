"""A world with the kinds of S3, and the buckets and roles that their tests begin with."""

from __future__ import annotations

import json
from typing import Any

from sandbox.kind import Record
from sandbox.resources.aws import s3_access, s3_bucket, s3_lifecycle, s3_objects, s3_policy, s3_replication, s3_settings, s3_versions
from tests.sandbox.kinds.cloud import World

ACCOUNT = "000000000000"
BUCKET = "aws:s3/bucket:Bucket"
ACCOUNT_ACCESS = "aws:s3/accountPublicAccessBlock:AccountPublicAccessBlock"
ACL = "aws:s3/bucketAcl:BucketAcl"
CORS = "aws:s3/bucketCorsConfiguration:BucketCorsConfiguration"
ENCRYPTION = "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration"
LIFECYCLE = "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration"
LOCK = "aws:s3/bucketObjectLockConfiguration:BucketObjectLockConfiguration"
LOGGING = "aws:s3/bucketLogging:BucketLogging"
OBJECT = "aws:s3/bucketObjectv2:BucketObjectv2"
OLD_BUCKET = "aws:s3/bucketV2:BucketV2"
OLD_OBJECT = "aws:s3/bucketObject:BucketObject"
OWNERSHIP = "aws:s3/bucketOwnershipControls:BucketOwnershipControls"
POLICY = "aws:s3/bucketPolicy:BucketPolicy"
PUBLIC_ACCESS = "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock"
REPLICATION = "aws:s3/bucketReplicationConfig:BucketReplicationConfig"
ROLE = "aws:iam/role:Role"
VERSIONING = "aws:s3/bucketVersioning:BucketVersioning"
WEBSITE = "aws:s3/bucketWebsiteConfiguration:BucketWebsiteConfiguration"
ACCELERATION = "aws:s3/bucketAccelerateConfiguration:BucketAccelerateConfiguration"
NOTIFICATION = "aws:s3/bucketNotification:BucketNotification"
METRIC = "aws:s3/bucketMetric:BucketMetric"
TIERING = "aws:s3/bucketIntelligentTieringConfiguration:BucketIntelligentTieringConfiguration"
PAYMENT = "aws:s3/bucketRequestPaymentConfiguration:BucketRequestPaymentConfiguration"
MODULES = (s3_access, s3_bucket, s3_lifecycle, s3_objects, s3_policy, s3_replication, s3_settings, s3_versions)


def s3_world(region: str = "eu-west-1") -> World:
    """Nothing but the kinds of S3."""
    functions = {function.token: function for function in s3_bucket.FUNCTIONS}
    return World({kind.token: kind for module in MODULES for kind in module.KINDS}, functions, {"region": region})


def bucket(world: World, name: str = "acme-videos", **inputs: Any) -> Record:
    """A bucket that S3 takes."""
    return world.create(BUCKET, bucket=name, **inputs)


def versioned(world: World, name: str = "acme-videos", status: str = "Enabled", **place: str) -> Record:
    """A bucket whose versioning says so."""
    made = bucket(world, name, **place)
    world.create(VERSIONING, bucket=name, versioningConfiguration={"status": status}, **place)
    return made


def role(world: World, name: str = "replication", service: str = "s3.amazonaws.com") -> str:
    """A role that a service may assume; its ARN."""
    trust = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"Service": service}, "Action": "sts:AssumeRole"}]}
    arn = f"arn:aws:iam::{ACCOUNT}:role/{name}"
    world.put(ROLE, name, name=name, arn=arn, assumeRolePolicy=json.dumps(trust))
    return arn


def rule(**more: Any) -> dict[str, Any]:
    """A lifecycle rule that S3 takes, and what a test makes of it."""
    return {"id": "a", "status": "Enabled", "filter": {"prefix": ""}, **more}
