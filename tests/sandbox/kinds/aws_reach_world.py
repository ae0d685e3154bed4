"""A network whose tasks reach what they need, by NAT or by endpoints, each link of which a test can break."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sandbox.kind import Record
from tests.sandbox.kinds.aws_compute_world import SECRET_ARN, allow, compute_world, container, service, task
from tests.sandbox.kinds.aws_world import (
    ACCOUNT,
    ACL,
    EGRESS,
    EIP,
    ENDPOINT,
    GATEWAY,
    INGRESS,
    NAT,
    REGION,
    ROUTE,
    TABLE,
    TABLE_ASSOCIATION,
    group,
    subnet,
    vpc,
)
from tests.sandbox.kinds.cloud import World, refused

ANYWHERE = "0.0.0.0/0"
IMAGE = f"{ACCOUNT}.dkr.ecr.{REGION}.amazonaws.com/web:1"
REPOSITORY = f"arn:aws:ecr:{REGION}:{ACCOUNT}:repository/web"
PARAMETER = f"arn:aws:ssm:{REGION}:{ACCOUNT}:parameter/app/token"
SECRETS = [{"name": "PASSWORD", "valueFrom": SECRET_ARN}, {"name": "TOKEN", "valueFrom": "/app/token"}]
SERVICES = ("ecr.api", "ecr.dkr", "secretsmanager", "ssm", "logs")
FIRST, LAST = 1024, 65535
ARN = f"arn:aws:ecs:{REGION}:{ACCOUNT}:service/main/web"
PULL = "ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval failed: "
CHECK = ": i/o timeout. Please check your task network configuration."
AMAZON = "52.94.216.48:443"
FROM_ASM = f"{PULL}unable to retrieve secret from asm: service call has been retried 1 time(s): failed to fetch secret {SECRET_ARN} from secrets manager: "
FROM_SSM = f"{PULL}unable to retrieve secrets from ssm: service call has been retried 1 time(s): "
AUTH = f"{PULL}unable to retrieve ecr registry auth: service call has been retried 1 time(s): "
MANIFEST = "CannotPullContainerError: pull image manifest has been retried 5 time(s): failed to resolve ref "
LAYER = "CannotPullContainerError: ref pull has been retried 5 time(s): failed to copy: httpReadSeeker: failed open: failed to do request: "
STREAM = "ResourceInitializationError: failed to validate logger args: create stream has been retried 1 times: failed to create Cloudwatch log stream: "
BUCKET = f"prod-{REGION}-starport-layer-bucket.s3.{REGION}.amazonaws.com"


@dataclass
class Net:
    """The network of a service and what lies on its way."""

    world: World
    vpc: Record
    app: Record
    """The tasks' subnet."""
    public: Record
    """The NAT gateway's."""
    table: Record
    """The tasks' route table."""
    public_table: Record
    gateway: Record
    group: Record
    """The tasks' security group."""
    out: Record
    """Its one rule: HTTPS to anywhere."""
    association: Record
    public_association: Record

    def route(self, table: Record, block: str = ANYWHERE, **target: str) -> Record:
        return self.world.create(ROUTE, routeTableId=table.id, destinationCidrBlock=block, **target)

    def rule(self, token: str, on: Record, low: int = 443, high: int = 443, **peer: str) -> Record:
        return self.world.create(token, securityGroupId=on.id, ipProtocol="tcp", fromPort=low, toPort=high, **peer)

    def translated(self, **more: Any) -> Record:
        """A NAT gateway in the public subnet, and the tasks' route to it."""
        kind = {"allocationId": self.world.create(EIP, domain="vpc").id} if more.get("connectivityType") != "private" else {}
        nat = self.world.create(NAT, subnetId=self.public.id, **kind, **more)
        self.route(self.table, natGatewayId=nat.id)
        return nat

    def endpoint(self, word: str, gate: Record, **more: Any) -> Record:
        """An interface endpoint of a service in the tasks' subnet."""
        named = {"serviceName": f"com.amazonaws.{REGION}.{word}", "vpcEndpointType": "Interface", "privateDnsEnabled": True}
        return self.world.create(ENDPOINT, vpcId=self.vpc.id, **{**named, "subnetIds": [self.app.id], "securityGroupIds": [gate.id], **more})

    def storage(self, *tables: Record) -> Record:
        """S3's endpoint on route tables."""
        return self.world.create(ENDPOINT, vpcId=self.vpc.id, serviceName=f"com.amazonaws.{REGION}.s3", routeTableIds=[one.id for one in tables])

    def closed(self) -> Record:
        """Endpoints of all that a task needs, and the group that guards them."""
        gate = group(self.world, self.vpc, "endpoints")
        self.rule(INGRESS, gate, cidrIpv4="10.9.0.0/16")
        for word in SERVICES:
            self.endpoint(word, gate)
        self.storage(self.table)
        return gate

    def listed(self, where: Record, ingress: list[dict[str, Any]], egress: list[dict[str, Any]]) -> Record:
        """An access list over a subnet."""
        return self.world.create(ACL, vpcId=self.vpc.id, subnetIds=[where.id], ingress=ingress, egress=egress)

    def up(self, **inputs: Any) -> Record:
        """A service of one task with an image of ECR, a secret, a parameter and logs."""
        revision = inputs.pop("revision", None) or task(self.world, container(image=IMAGE, secrets=SECRETS))
        said: dict[str, Any] = {"subnets": [self.app.id], "securityGroups": [self.group.id], **inputs.pop("network", {})}
        return service(self.world, revision, networkConfiguration=said, desiredCount=1, **inputs)


def entry(number: int, block: str = ANYWHERE, ports: tuple[int, int] = (FIRST, LAST), action: str = "allow", protocol: str = "tcp") -> dict[str, Any]:
    """A rule of an access list."""
    return {"ruleNo": number, "action": action, "protocol": protocol, "cidrBlock": block, "fromPort": ports[0], "toPort": ports[1]}


def reach_world() -> Net:
    """A network with an internet gateway, a private subnet for tasks and a public one; no way from the first to the second yet."""
    world = compute_world()
    allow(world, "execution", ("ecr:GetAuthorizationToken", "*"), ("ecr:*", REPOSITORY), ("ssm:GetParameters", PARAMETER))
    world.put("aws:ecr/repository:Repository", "web", name="web")
    world.put("aws:ssm/parameter:Parameter", "/app/token", name="/app/token")
    network = vpc(world, "10.9.0.0/16", enableDnsHostnames=True)
    app, public = subnet(world, network, "10.9.0.0/24"), subnet(world, network, "10.9.1.0/24")
    gateway = world.create(GATEWAY, vpcId=network.id)
    table, public_table = world.create(TABLE, vpcId=network.id), world.create(TABLE, vpcId=network.id)
    joined = [world.create(TABLE_ASSOCIATION, subnetId=at.id, routeTableId=on.id) for at, on in ((app, table), (public, public_table))]
    guard = group(world, network, "tasks")
    out = world.create(EGRESS, securityGroupId=guard.id, ipProtocol="tcp", fromPort=443, toPort=443, cidrIpv4=ANYWHERE)
    net = Net(world, network, app, public, table, public_table, gateway, guard, out, *joined)
    net.route(public_table, gatewayId=gateway.id)
    return net


def post(host: str, address: str = AMAZON) -> str:
    return f'RequestError: send request failed caused by: Post "https://{host}.{REGION}.amazonaws.com/": dial tcp {address}'


def stopped(net: Net, **inputs: object) -> str:
    """What the last task said that did not start."""
    message = refused(lambda: net.up(**inputs))
    head, said, why = message.partition(" The last stopped task says: ")
    assert said, message
    assert head == f"waiting for ECS Service ({ARN}) create: timeout while waiting for state to become 'tfSTABLE' (last state: 'tfPENDING', timeout: 20m0s)"
    return why


def steady(net: Net, **inputs: object) -> bool:
    """Whether the service comes up; it is taken away again."""
    made = net.up(**inputs)
    net.world.delete(made)
    return made.outputs["waitForSteadyState"] is True


def gone(net: Net, token: str, **outputs: object) -> None:
    """Takes things away without asking anybody."""
    found = [key for key, record in net.world.cloud.records.items() if key[0] == token and all(record.outputs.get(k) == v for k, v in outputs.items())]
    assert found
    for key in found:
        del net.world.cloud.records[key]


HEARD = {
    "secretsmanager": f"{FROM_ASM}{post('secretsmanager')}{CHECK}",
    "ssm": f"{FROM_SSM}{post('ssm')}{CHECK}",
    "ecr.api": f"{AUTH}{post('api.ecr')}{CHECK}",
    "ecr.dkr": f'{MANIFEST}{IMAGE}: failed to do request: Head "https://{IMAGE.split("/", maxsplit=1)[0]}/v2/web/manifests/1": dial tcp {AMAZON}: i/o timeout',
    "s3": f'{LAYER}Get "https://{BUCKET}/": dial tcp 52.218.0.10:443: i/o timeout',
    "logs": f"{STREAM}{post('logs')}: i/o timeout : exit status 1",
}
"""What a task hears whose way to a service is cut, by the service's word."""
