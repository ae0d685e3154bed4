"""AWS services that have VPC endpoints, and the prefix lists of those that are reached by routes."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass

from ...kind import Call, Properties
from .formats import region

GATEWAYS = ("s3", "dynamodb")
"""The two that a route leads to (AWS PrivateLink, "Gateway endpoints")."""
WITH_INTERFACES = frozenset(
    """
    access-analyzer account acm-pca airflow.api application-autoscaling applicationinsights appmesh apprunner appsync-api athena autoscaling autoscaling-plans
    backup batch bedrock bedrock-runtime cassandra cloudformation cloudhsmv2 cloudtrail codeartifact.api codeartifact.repositories codebuild codecommit
    codedeploy codepipeline cognito-idp comprehend config databrew datasync discovery dms docdb dynamodb ebs ec2 ec2messages ecr.api ecr.dkr ecs ecs-agent
    ecs-telemetry eks eks-auth elastic-inference.runtime elasticache elasticache-fips elasticbeanstalk elasticfilesystem elasticloadbalancing
    elasticmapreduce email-smtp emr-containers emr-serverless events evidently execute-api fis forecast freetier fsx glue grafana guardduty-data inspector2
    iot.data kafka kendra kinesis-firehose kinesis-streams kms lakeformation lambda license-manager logs macie2 mediaconnect monitoring networkmonitor oam
    organizations pca-connector-ad personalize pi pinpoint pipes polly qldb.session ram rds rds-data redshift redshift-data rekognition resource-groups
    rolesanywhere route53resolver rum s3 s3-outposts sagemaker.api sagemaker.runtime scheduler secretsmanager securityhub securitylake servicecatalog
    servicediscovery ses sms-voice sns sqs ssm ssm-contacts ssm-incidents ssmmessages states storagegateway sts swf sync-states synthetics tagging textract
    transcribe transfer translate verifiedpermissions vpc-lattice wafv2 workspaces xray
    """.split()  # noqa: SIM905 - a table of words is read more easily than a list of 150 lines
)
"""Those that have interface endpoints in the large regions (AWS PrivateLink, "AWS services that integrate with AWS PrivateLink")."""
_HOSTS = {"ecr.api": "api.ecr", "ecr.dkr": "dkr.ecr"}
_BLOCKS = {"s3": ["3.5.64.0/21", "52.218.0.0/17", "52.92.0.0/17"], "dynamodb": ["52.94.5.0/24", "52.119.240.0/21"]}
"""Of eu-west-1, for every region: the local cloud leads nowhere."""


@dataclass(frozen=True, slots=True)
class Service:
    """One endpoint service of a region."""

    name: str
    types: tuple[str, ...]
    host: str
    """The private DNS name that an interface endpoint answers to."""


def service(name: object, place: str) -> Service | None:
    """The AWS service of this endpoint name (`com.amazonaws.eu-west-1.s3`) in a region; None where there is none."""
    head = "cn.com.amazonaws." if place.startswith("cn-") else "com.amazonaws."
    prefix = f"{head}{place}."
    if not isinstance(name, str) or not name.startswith(prefix):
        return None
    word = name.removeprefix(prefix)
    types = (*(("Gateway",) if word in GATEWAYS else ()), *(("Interface",) if word in WITH_INTERFACES else ()))
    if not types:
        return None
    host = _HOSTS.get(word, word)
    if "." in host and word not in _HOSTS:
        host = ".".join(reversed(host.split(".")))
    return Service(name, types, f"{host}.{place}.amazonaws.com")


def service_name(word: str, place: str) -> str:
    """`s3` in eu-west-1: `com.amazonaws.eu-west-1.s3`."""
    return f"{'cn.' if place.startswith('cn-') else ''}com.amazonaws.{place}.{word}"


def list_id(name: str) -> str:
    """The id of the prefix list that AWS manages for a service."""
    return f"pl-{hashlib.sha256(name.encode()).hexdigest()[:8]}"


def prefix_lists(place: str) -> Iterator[Properties]:
    """The prefix lists that AWS manages in a region."""
    for word in GATEWAYS:
        name = service_name(word, place)
        yield {"id": list_id(name), "name": name, "cidrBlocks": _BLOCKS[word]}
    origin = "com.amazonaws.global.cloudfront.origin-facing"
    yield {"id": list_id(origin), "name": origin, "cidrBlocks": ["13.124.199.0/24", "130.176.0.0/18", "64.252.64.0/18"]}


def prefix_list(call: Call, id_: object) -> Properties | None:
    """The prefix list of this id, AWS's or the program's own, or None."""
    for found in prefix_lists(region(call)):
        if found["id"] == id_:
            return found
    own = call.cloud.get("aws:ec2/managedPrefixList:ManagedPrefixList", str(id_))
    return {"id": own.id, "name": own.outputs.get("name"), "cidrBlocks": [entry["cidr"] for entry in own.outputs.get("entries") or ()]} if own else None
