"""Databases, caches and secrets of AWS on the engine: made, kept, grown and taken away."""

from __future__ import annotations

import pytest

pytestmark = pytest.mark.engine

PROGRAM = """
import json

import pulumi
import pulumi_aws as aws

grown = pulumi.Config("groundplan").get_bool("grown") or False
here = pulumi.ResourceOptions(provider=aws.Provider("aws", region="eu-west-1"))
vpc = aws.ec2.Vpc("net", cidr_block="10.0.0.0/16", opts=here)
subnets = [
    aws.ec2.Subnet(f"data-{zone}", vpc_id=vpc.id, cidr_block=f"10.0.{number}.0/24", availability_zone=f"eu-west-1{zone}", opts=here)
    for number, zone in enumerate("abc")
]
gate = aws.ec2.SecurityGroup("gate", vpc_id=vpc.id, description="The database", opts=here)


def role(name, service):
    trust = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"Service": service}, "Action": "sts:AssumeRole"}]}
    return aws.iam.Role(name, assume_role_policy=json.dumps(trust), opts=here)


monitor = role("monitor", "monitoring.rds.amazonaws.com")
group = aws.rds.SubnetGroup("data", name="data", subnet_ids=[subnet.id for subnet in subnets], opts=here)
parameters = aws.rds.ParameterGroup(
    "pg17",
    name="pg17",
    family="postgres17",
    parameters=[{"name": "rds.force_ssl", "value": "1"}, {"name": "log_min_duration_statement", "value": "500" if not grown else "100"}],
    opts=here,
)
main = aws.rds.Instance(
    "main",
    identifier="main",
    engine="postgres",
    engine_version="17",
    instance_class="db.t4g.medium" if not grown else "db.m7g.large",
    allocated_storage=50 if not grown else 100,
    max_allocated_storage=200,
    storage_type="gp3",
    storage_encrypted=True,
    username="postgres",
    manage_master_user_password=True,
    db_name="app",
    db_subnet_group_name=group.name,
    vpc_security_group_ids=[gate.id],
    parameter_group_name=parameters.name,
    multi_az=True,
    backup_retention_period=7 if not grown else 30,
    backup_window="03:00-04:00",
    maintenance_window="sun:04:30-sun:05:30",
    iam_database_authentication_enabled=True,
    monitoring_interval=60,
    monitoring_role_arn=monitor.arn,
    performance_insights_enabled=True,
    enabled_cloudwatch_logs_exports=["postgresql"],
    final_snapshot_identifier="main-final",
    delete_automated_backups=False,
    apply_immediately=True,
    opts=here,
)
replica = aws.rds.Instance(
    "replica",
    identifier="main-read",
    replicate_source_db=main.identifier,
    instance_class="db.t4g.medium",
    vpc_security_group_ids=[gate.id],
    skip_final_snapshot=True,
    opts=here,
)
secret = aws.secretsmanager.Secret("token", name="app/token", opts=here)
version = aws.secretsmanager.SecretVersion("token", secret_id=secret.id, secret_string=pulumi.Output.secret("correct-horse-battery"), opts=here)
places = aws.elasticache.SubnetGroup("cache", name="cache", subnet_ids=[subnet.id for subnet in subnets], opts=here)
valkey = aws.elasticache.ReplicationGroup(
    "valkey",
    replication_group_id="valkey",
    description="Sessions",
    engine="valkey",
    engine_version="8.1" if not grown else "8.2",
    node_type="cache.t4g.micro" if not grown else "cache.m7g.large",
    num_cache_clusters=2 if not grown else 3,
    automatic_failover_enabled=True,
    multi_az_enabled=True,
    transit_encryption_enabled=True,
    at_rest_encryption_enabled=True,
    auth_token=version.secret_string,
    subnet_group_name=places.name,
    security_group_ids=[gate.id],
    opts=here,
)
tuned = aws.elasticache.ParameterGroup("redis7", name="redis7", family="redis7", parameters=[{"name": "maxmemory-policy", "value": "volatile-lru"}], opts=here)
nobody = aws.elasticache.User(
    "nobody",
    user_id="nobody",
    user_name="default",
    engine="redis",
    access_string="off -@all",
    authentication_mode={"type": "no-password-required"},
    opts=here,
)
app = aws.elasticache.User(
    "app", user_id="app", user_name="app", engine="redis", access_string="on ~app:* +@all -@dangerous", authentication_mode={"type": "iam"}, opts=here
)
known = aws.elasticache.UserGroup("known", user_group_id="known", engine="redis", user_ids=[nobody.user_id, app.user_id], opts=here)
redis = aws.elasticache.ReplicationGroup(
    "redis",
    replication_group_id="redis",
    description="Rooms",
    engine="redis",
    engine_version="7.1",
    node_type="cache.t4g.micro",
    parameter_group_name=tuned.name,
    transit_encryption_enabled=True,
    user_group_ids=[known.id],
    subnet_group_name=places.name,
    security_group_ids=[gate.id],
    opts=here,
)
pool = aws.rds.Proxy(
    "pool",
    name="pool",
    engine_family="POSTGRESQL",
    role_arn=role("pool", "rds.amazonaws.com").arn,
    vpc_subnet_ids=[subnet.id for subnet in subnets],
    vpc_security_group_ids=[gate.id],
    require_tls=True,
    auths=[{"auth_scheme": "SECRETS", "iam_auth": "REQUIRED", "secret_arn": main.master_user_secrets[0].secret_arn}],
    opts=here,
)
connections = aws.rds.ProxyDefaultTargetGroup(
    "pool", db_proxy_name=pool.name, connection_pool_config={"max_connections_percent": 80, "max_idle_connections_percent": 40}, opts=here
)
behind = aws.rds.ProxyTarget("pool", db_proxy_name=pool.name, target_group_name=connections.name, db_instance_identifier=main.identifier, opts=here)
kept = aws.secretsmanager.get_secret_version_output(secret_id=version.arn, opts=pulumi.InvokeOutputOptions(provider=here.provider))
pulumi.export("token", kept.secret_string)
pulumi.export("pool", pool.endpoint)
pulumi.export("host", main.address)
pulumi.export("managed", main.master_user_secrets)
pulumi.export("cache", valkey.primary_endpoint_address)
"""


def test_data_services_stand_grow_without_a_replace_and_go(pulumi_program):
    stack = pulumi_program(PROGRAM)
    stack.up().ok()
    assert stack.preview().ok().unchanged
    stack.refresh().ok()
    assert stack.refresh("--expect-no-changes").ok().unchanged
    assert stack.preview().ok().unchanged
    outputs = stack.outputs()
    assert outputs["host"].endswith(".eu-west-1.rds.amazonaws.com")
    assert outputs["cache"].startswith("master.valkey.")
    assert outputs["pool"].startswith("pool.proxy-")
    assert outputs["token"] == "correct-horse-battery"
    assert stack.resources("aws:rds/instance:Instance")[0]["outputs"]["replicas"] == ["main-read"]
    stack.configure({"groundplan:grown": True})
    grown = stack.up().ok()
    assert grown.changes == {"update": 3}
    assert stack.preview().ok().unchanged
    stack.destroy().ok()
    left = stack.sandbox("ls", "--json").stdout
    assert "main-final" in left
    assert "deletedSecret" in left
    assert "rds!db-" not in left
