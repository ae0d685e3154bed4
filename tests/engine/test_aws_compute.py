"""A service on Fargate with everything around it, on the real engine: made, unchanged, rolled out anew, taken away."""

from __future__ import annotations

import pytest

pytestmark = pytest.mark.engine

NGINX = "public.ecr.aws/nginx/nginx"


def program() -> None:
    import json

    import pulumi
    import pulumi_aws as aws

    config = pulumi.Config()
    after = pulumi.ResourceOptions

    def policy(*statements: dict) -> str:
        return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})

    vpc = aws.ec2.Vpc("vpc", cidr_block="10.0.0.0/16", enable_dns_hostnames=True)
    gateway = aws.ec2.InternetGateway("gateway", vpc_id=vpc.id)
    subnets = [
        aws.ec2.Subnet(f"public-{zone}", vpc_id=vpc.id, cidr_block=f"10.0.{number}.0/24", availability_zone=f"eu-west-1{zone}").id
        for number, zone in enumerate("ab")
    ]
    way = aws.ec2.DefaultRouteTable("main", default_route_table_id=vpc.default_route_table_id, routes=[{"cidr_block": "0.0.0.0/0", "gateway_id": gateway.id}])
    guard = aws.ec2.SecurityGroup("web", vpc_id=vpc.id, description="The service and its load balancer")
    opened = [
        aws.vpc.SecurityGroupEgressRule("out", security_group_id=guard.id, ip_protocol="-1", cidr_ipv4="0.0.0.0/0"),
        aws.vpc.SecurityGroupIngressRule("web", security_group_id=guard.id, ip_protocol="-1", referenced_security_group_id=guard.id),
    ]
    secret = aws.secretsmanager.Secret("password", recovery_window_in_days=0)
    version = aws.secretsmanager.SecretVersion("password", secret_id=secret.id, secret_string="secret")
    logs = aws.cloudwatch.LogGroup("logs", retention_in_days=30)
    trust = policy({"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": "ecs-tasks.amazonaws.com"}})
    execution, own = aws.iam.Role("execution", assume_role_policy=trust), aws.iam.Role("task", assume_role_policy=trust)
    may = pulumi.Output.all(secret.arn, logs.arn).apply(
        lambda arns: policy(
            *([{"Effect": "Allow", "Action": "secretsmanager:GetSecretValue", "Resource": arns[0]}] if config.get_bool("blind") is not True else []),
            {"Effect": "Allow", "Action": ["logs:CreateLogStream", "logs:PutLogEvents"], "Resource": f"{arns[1]}:*"},
        )
    )
    rights = aws.iam.RolePolicy("execution", role=execution.id, policy=may)
    cluster = aws.ecs.Cluster("main")
    providers = aws.ecs.ClusterCapacityProviders("main", cluster_name=cluster.name, capacity_providers=["FARGATE", "FARGATE_SPOT"])
    balancer = aws.lb.LoadBalancer("front", subnets=subnets, security_groups=[guard.id], opts=after(depends_on=[gateway]))
    group = aws.lb.TargetGroup(
        "web", port=8080, protocol="HTTP", target_type="ip", vpc_id=vpc.id, health_check={"path": "/health"}, stickiness={"type": "lb_cookie"}
    )
    nothing = {"type": "fixed-response", "fixed_response": {"content_type": "text/plain", "status_code": "404"}}
    listener = aws.lb.Listener("http", load_balancer_arn=balancer.arn, port=80, default_actions=[nothing])
    rule = aws.lb.ListenerRule(
        "web", listener_arn=listener.arn, conditions=[{"path_pattern": {"values": ["/*"]}}], actions=[{"type": "forward", "target_group_arn": group.arn}]
    )
    space = aws.servicediscovery.PrivateDnsNamespace("space", name="app.internal", vpc=vpc.id)
    entry = aws.servicediscovery.Service("web", dns_config={"namespace_id": space.id, "dns_records": [{"ttl": 10, "type": "A"}]})
    written = {"awslogs-group": logs.name, "awslogs-region": "eu-west-1", "awslogs-stream-prefix": "web"}
    container = {
        "name": "web",
        "image": config.require("image"),
        "portMappings": [{"containerPort": 8080}],
        "environment": [{"name": "STAGE", "value": "dev"}, {"name": "PORT", "value": "8080"}],
        "secrets": [{"name": "PASSWORD", "valueFrom": secret.arn}],
        "readonlyRootFilesystem": True,
        "logConfiguration": {"logDriver": "awslogs", "options": written},
    }
    task = aws.ecs.TaskDefinition(
        "web",
        family="web",
        cpu="256",
        memory="512",
        network_mode="awsvpc",
        requires_compatibilities=["FARGATE"],
        execution_role_arn=execution.arn,
        task_role_arn=own.arn,
        runtime_platform={"cpu_architecture": "ARM64", "operating_system_family": "LINUX"},
        container_definitions=pulumi.Output.json_dumps([container]),
    )
    service = aws.ecs.Service(
        "web",
        cluster=cluster.arn,
        task_definition=task.arn,
        desired_count=2,
        capacity_provider_strategies=[{"capacity_provider": "FARGATE", "weight": 1, "base": 1}, {"capacity_provider": "FARGATE_SPOT", "weight": 3}],
        network_configuration={"subnets": subnets, "security_groups": [guard.id], "assign_public_ip": True},
        load_balancers=[{"target_group_arn": group.arn, "container_name": "web", "container_port": 8080}],
        service_registries={"registry_arn": entry.arn},
        deployment_circuit_breaker={"enable": True, "rollback": True},
        wait_for_steady_state=True,
        opts=after(depends_on=[providers, rule, rights, version, way, *opened]),
    )
    path = {"service_namespace": "ecs", "scalable_dimension": "ecs:service:DesiredCount"}
    scaled = aws.appautoscaling.Target(
        "web", min_capacity=2, max_capacity=10, resource_id=pulumi.Output.concat("service/", cluster.name, "/", service.name), **path
    )
    label = pulumi.Output.concat(balancer.arn_suffix, "/", group.arn_suffix)
    metrics = {"ECSServiceAverageCPUUtilization": 60, "ECSServiceAverageMemoryUtilization": 70, "ALBRequestCountPerTarget": 1000}
    for metric, value in metrics.items():
        counted = {"predefined_metric_type": metric, **({"resource_label": label} if metric.startswith("ALB") else {})}
        aws.appautoscaling.Policy(
            metric,
            policy_type="TargetTrackingScaling",
            resource_id=scaled.resource_id,
            target_tracking_scaling_policy_configuration={"target_value": value, "predefined_metric_specification": counted},
            **path,
        )
    pulumi.export("task", task.arn)


@pytest.fixture
def stack(pulumi_program):
    return pulumi_program(program, stack="dev", config={"aws:region": "eu-west-1", "program:image": f"{NGINX}:1.27"})


def test_a_service_is_made_rolled_out_anew_and_taken_away(stack):
    made = stack.up().ok()
    assert set(made.changes) == {"create"}
    assert stack.preview().unchanged
    assert stack.refresh("--expect-no-changes").ok().unchanged
    stack.configure({"program:image": f"{NGINX}:1.28"})
    steps = {(operation, type_.split(":")[-1]) for operation, type_, _ in stack.up().ok().steps}
    assert steps == {("create-replacement", "TaskDefinition"), ("replace", "TaskDefinition"), ("delete-replaced", "TaskDefinition"), ("update", "Service")}
    assert stack.outputs()["task"].endswith(":task-definition/web:2")
    assert stack.preview().unchanged
    stack.destroy().ok()
    assert stack.sandbox("ls", "--json").ok().stdout.strip() in {"", "[]"}


def test_a_rollout_that_cannot_succeed_fails_the_update(stack):
    stack.configure({"program:blind": True})
    failed = stack.up()
    assert failed.code != 0
    told = "\n".join(failed.errors)
    assert "create: Service deployment rolled back because the circuit breaker threshold was exceeded." in told
    assert "is not authorized to perform: secretsmanager:GetSecretValue on resource: arn:aws:secretsmanager:eu-west-1:" in told
    stack.configure({"program:blind": None})
    stack.up().ok()
