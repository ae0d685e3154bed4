"""The SDKs' own example programs pass the check: no list of allowed values that is read from a docstring refuses what an example gives."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest

from sandbox.kind import UNKNOWN
from sandbox.schema import Schemas, failures
from tests.sandbox.schema.examples import Examples

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sandbox.schema import Property

# Where an SDK's documentation contradicts itself: the example gives what the docstring of the property excludes.
CONTRADICTIONS = {
    "aws:bedrock/agentKnowledgeBase:AgentKnowledgeBase storageConfiguration.type",
    "aws:bedrock/agentKnowledgeBase:AgentKnowledgeBase authConfiguration.type",
    "aws:cloudfront/distribution:Distribution viewerMtlsConfig.mode",
    "aws:cloudfront/distributionTenant:DistributionTenant webAcl.action",
    "aws:cloudwatch/eventTarget:EventTarget runCommandTargets.key",
    "aws:costexplorer/anomalySubscription:AnomalySubscription dimension.matchOptions",
    "aws:dms/s3Endpoint:S3Endpoint datePartitionSequence",
    "aws:elb/loadBalancer:LoadBalancer listeners.instanceProtocol",
    "aws:elb/loadBalancer:LoadBalancer listeners.lbProtocol",
    "aws:fsx/s3AccessPointAttachment:S3AccessPointAttachment type",
    "aws:glue/connection:Connection connectionType",
    "aws:resiliencehub/v2Policy:V2Policy multiRegion.disasterRecoveryApproach",
    "aws:transfer/connector:Connector as2Config.encryptionAlgorithm",
    "aws:workspacesweb/sessionLogger:SessionLogger s3.folderStructure",
    "aws:workspacesweb/sessionLogger:SessionLogger s3.logFileFormat",
    "gcp:agenticapplications/analystAgentPersona:AnalystAgentPersona documentGenerationOptions.exportFormat",
    "gcp:agenticapplications/analystAgentPersona:AnalystAgentPersona slideGenerationOptions.exportFormat",
    "gcp:artifactregistry/repository:Repository publicRepository.repositoryBase",
    "gcp:container/awsCluster:AwsCluster instancePlacement.tenancy",
    "gcp:container/awsCluster:AwsCluster mainVolume.volumeType",
    "gcp:container/awsCluster:AwsCluster rootVolume.volumeType",
    "gcp:container/awsNodePool:AwsNodePool instancePlacement.tenancy",
    "gcp:container/awsNodePool:AwsNodePool rootVolume.volumeType",
    "gcp:container/awsNodePool:AwsNodePool taints.effect",
    "gcp:dataproc/cluster:Cluster diskConfig.bootDiskType",
    "gcp:integrationconnectors/connection:Connection authConfig.authType",
    "gcp:vertex/aiEndpointWithModelGardenDeployment:AiEndpointWithModelGardenDeployment machineSpec.acceleratorType",
}
# Examples, resources that they declare, and literals held against a list of allowed values, at least; then refused for their shape, in 100, at most:
# the rest of an example of AWS or Cloudflare is now and then older than the SDK that it is in.
LEAST = {"random": (6, 0, 0.0), "kubernetes": (14, 0, 0.0), "cloudflare": (300, 200, 13.0), "gcp": (8_000, 3_000, 0.3), "aws": (5_000, 1_900, 0.8)}


def listed(properties: Mapping[str, Property], given: dict[str, Any]) -> int:
    """How many of the values given are held against a list of allowed values."""
    count = 0
    for name, value in given.items():
        prop = properties.get(name)
        if prop is None or value is UNKNOWN or value is None:
            continue
        count += (len(value) if isinstance(value, list) else 1) if prop.values else 0
        inner = prop.type.element if prop.type.element is not None else prop.type
        if inner.properties is not None:
            count += sum(listed(inner.properties, item) for item in (value if isinstance(value, list) else [value]) if isinstance(item, dict))
    return count


def place(path: str) -> str:
    """The last two names of a path: examples nest the same block in several places."""
    return ".".join(re.sub(r"\[.*?\]", "", path).split(".")[-2:])


@pytest.mark.parametrize("package", list(LEAST))
def test_the_sdks_own_examples_pass(schemas: Schemas, package: str) -> None:
    """What an example leaves out is its author's brevity, so a missing property is no fault here."""
    examples = Examples(schemas, package)
    declared = held = shapeless = 0
    contradicted = set()
    for file in examples.files():
        for example in examples.of(file):
            schema = schemas.resource(example.token)
            assert schema is not None
            declared += 1
            held += listed(schema.inputs, example.inputs)
            reasons = {failure.path: failure.reason for failure in failures(schema, example.inputs)}
            contradicted |= {f"{example.token} {place(path)}" for path, reason in reasons.items() if "to be one of" in reason}
            shapeless += any(not reason.startswith("Missing") and "to be one of" not in reason for reason in reasons.values())
    least_declared, least_held, most_shapeless = LEAST[package]
    assert declared >= least_declared
    assert held >= least_held, held
    assert contradicted == {name for name in CONTRADICTIONS if name.startswith(f"{package}:")}
    assert shapeless <= most_shapeless * declared / 100, shapeless
