"""EdgeDNS on Route 53, and certificates and checks of both clouds behind either edge: exactly these children with these inputs, on mocks."""

from __future__ import annotations

import json
from typing import Any

import pulumi
import pytest

from components import EdgeDNS, EdgeDNSArgs, HealthCheck, Record
from tests.components.world import World, build

ZONE, RECORD = "aws:route53/zone:Zone", "aws:route53/record:Record"
CERTIFICATE, VALID = "aws:acm/certificate:Certificate", "aws:acm/certificateValidation:CertificateValidation"
CLOUDFLARE = "cloudflare:index/dnsRecord:DnsRecord"
RECORD_SET = "gcp:dns/recordSet:RecordSet"
LABELS = {"project": "watchparty", "stack": "dev", "tier": "dev", "component": "edge", "owner": "unknown", "managed-by": "pulumi"}
API = Record(name="api", type="CNAME", value="api.example.net.")


def made(*records: Record, tier: str = "dev", edge: str = "cloud", cloud: str = "aws", **given: Any) -> World:
    return build(lambda: EdgeDNS("edge", EdgeDNSArgs(zone="example.com", records=records, **given)), tier=tier, edge=edge, cloud=cloud)


def test_in_dev_a_shared_zone_gets_this_stacks_records_and_nothing_else() -> None:
    world = made(API)
    assert world.children("edge") == [(RECORD, "edge-record-api-cname")]
    assert world.one(RECORD).inputs == {"zoneId": "ZFOUND", "name": "api.example.com", "type": "CNAME", "ttl": 300, "records": ["api.example.net"]}


def test_records_of_a_name_are_one_set_in_the_providers_form() -> None:
    world = made(
        Record(name="@", type="MX", value=("10 mx1.example.net.", "20 mx2.example.net")),
        Record(name="@", type="TXT", value='say "hi"' + 300 * "x", ttl=60),
        tier="prod",
    )
    sets = {(resource.inputs["name"], resource.inputs["type"]): resource.inputs["records"] for resource in world.of(RECORD)}
    text = 'say \\"hi\\"' + 300 * "x"
    cut = 255 + 2  # two quotes are written with a backslash each
    assert sets == {
        ("example.com", "CAA"): ['0 issue "amazon.com"'],
        ("example.com", "MX"): ["10 mx1.example.net", "20 mx2.example.net"],
        ("example.com", "TXT"): [text[:cut] + '""' + text[cut:]],
    }
    assert world.one(RECORD, "edge-record-apex-txt").inputs["ttl"] == 60


def test_a_value_of_another_resource_is_written_in_the_same_form() -> None:
    def program() -> None:
        record = Record(name="api", type="CNAME", value=pulumi.Output.from_input("api.example.net."))
        EdgeDNS("edge", EdgeDNSArgs(zone="example.com", records=(record,)))

    world = build(program, edge="cloud", cloud="aws")
    assert world.one(RECORD).inputs["records"] == ["api.example.net"]


def test_a_created_zone_is_signed_logged_and_protected() -> None:
    world = made(create=True, tier="prod")
    zone = world.one(ZONE)
    assert (zone.protect, zone.retain_on_delete, zone.inputs["forceDestroy"], zone.inputs["name"]) == (True, True, False, "example.com")
    assert world.children("edge") == sorted(
        [
            (ZONE, "edge-zone"),
            ("aws:cloudwatch/logGroup:LogGroup", "edge-queries"),
            ("aws:cloudwatch/logResourcePolicy:LogResourcePolicy", "edge-queries-writes"),
            ("aws:kms/key:Key", "edge-queries-key"),
            ("aws:kms/key:Key", "edge-signing-key"),
            ("aws:route53/hostedZoneDnsSec:HostedZoneDnsSec", "edge-dnssec"),
            ("aws:route53/keySigningKey:KeySigningKey", "edge-signing"),
            ("aws:route53/queryLog:QueryLog", "edge-queries-of-zone"),
            (RECORD, "edge-record-apex-caa"),
        ]
    )
    key = world.one("aws:kms/key:Key", "edge-signing-key")
    assert (key.inputs["customerMasterKeySpec"], key.inputs["keyUsage"], key.inputs["region"]) == ("ECC_NIST_P256", "SIGN_VERIFY", "us-east-1")
    assert (key.protect, key.inputs["deletionWindowInDays"]) == (True, 30)
    assert [one.name for one in made(create=True, dnssec=False, tier="prod").of("aws:kms/key:Key")] == ["edge-queries-key"]


def test_only_route_53_signs_with_the_key_and_only_for_zones_of_this_account() -> None:
    policy = json.loads(made(create=True).one("aws:kms/key:Key").inputs["policy"])
    ours = {"StringEquals": {"aws:SourceAccount": "123456789012"}, "ArnLike": {"aws:SourceArn": "arn:aws:route53:::hostedzone/*"}}
    by = {statement["Sid"]: statement for statement in policy["Statement"]}
    assert set(by) == {"Administration", "Granting", "Signing"}
    assert by["Administration"]["Principal"] == {"AWS": "arn:aws:iam::123456789012:root"}
    assert by["Signing"]["Action"] == ["kms:DescribeKey", "kms:GetPublicKey", "kms:Sign"]
    assert by["Signing"]["Condition"] == ours
    assert by["Granting"]["Condition"] == {**ours, "Bool": {"kms:GrantIsForAWSResource": "true"}}
    assert by["Signing"]["Principal"] == by["Granting"]["Principal"] == {"Service": "dnssec-route53.amazonaws.com"}


def test_only_route_53_writes_the_log_and_only_of_this_zone() -> None:
    world = made(create=True)
    group = world.one("aws:cloudwatch/logGroup:LogGroup")
    assert group.inputs["name"].startswith("/aws/route53/example.com/")
    (statement,) = json.loads(world.one("aws:cloudwatch/logResourcePolicy:LogResourcePolicy").inputs["policyDocument"])["Statement"]
    assert statement["Principal"] == {"Service": "route53.amazonaws.com"}
    assert statement["Action"] == ["logs:CreateLogStream", "logs:PutLogEvents"]
    assert statement["Condition"]["StringEquals"] == {"aws:SourceAccount": "123456789012"}
    assert statement["Condition"]["ArnLike"]["aws:SourceArn"].startswith("arn:aws:route53:::hostedzone/Z")


@pytest.mark.parametrize(("tier", "days", "key"), [("dev", 3, None), ("staging", 3, "edge-queries-key"), ("prod", 30, "edge-queries-key")])
def test_queries_are_kept_where_route_53_writes_them_and_under_a_key_of_their_own_outside_dev(tier: str, days: int, key: str | None) -> None:
    group = made(create=True, tier=tier).one("aws:cloudwatch/logGroup:LogGroup").inputs
    assert (group["region"], group["retentionInDays"]) == ("us-east-1", days)
    assert str(group.get("kmsKeyId")).rpartition("/")[2] == str(key)


def test_the_key_of_queries_serves_log_groups_of_this_account_where_it_is() -> None:
    key = made(create=True, tier="prod").one("aws:kms/key:Key", "edge-queries-key")
    assert (key.protect, key.inputs["region"], key.inputs["enableKeyRotation"], key.inputs["deletionWindowInDays"]) == (True, "us-east-1", True, 30)
    _, logs = json.loads(key.inputs["policy"])["Statement"]
    assert logs["Principal"] == {"Service": "logs.us-east-1.amazonaws.com"}
    assert logs["Condition"] == {"ArnLike": {"kms:EncryptionContext:aws:logs:arn": "arn:aws:logs:us-east-1:123456789012:log-group:*"}}


def test_a_zone_that_is_not_there_is_named_with_the_providers_own_words(monkeypatch: pytest.MonkeyPatch) -> None:
    async def missing(*_given: object) -> None:
        raise RuntimeError("no matching Route 53 Hosted Zone found")

    monkeypatch.setattr("pulumi.runtime.invoke_async", missing)
    with pytest.raises(pulumi.RunError) as caught:
        made(API)
    assert str(caught.value) == (
        'EdgeDNS "edge": the zone "example.com" was not found at Route 53 (no matching Route 53 Hosted Zone found); '
        "make it with create=True, or let the credentials read it"
    )


def proofs(world: World) -> list[tuple[str, str]]:
    return [(resource.type, resource.name) for kind in (RECORD, CLOUDFLARE, RECORD_SET) for resource in world.of(kind) if "proof" in resource.name]


@pytest.mark.parametrize(("edge", "kind"), [("cloud", RECORD), ("cloudflare", CLOUDFLARE)])
def test_a_certificate_of_aws_is_proved_at_either_edge(edge: str, kind: str) -> None:
    world = made(edge=edge, certificate_names=("app", "@", "*"))
    certificate = world.one(CERTIFICATE)
    assert certificate.inputs == {
        "domainName": "app.example.com",
        "subjectAlternativeNames": ["example.com", "*.example.com"],
        "validationMethod": "DNS",
        "keyAlgorithm": "RSA_2048",
        "tags": LABELS,
    }
    roles = [name for _, name in proofs(world)]
    assert len(roles) == 2, "the wildcard shares the proof of the domain above it"
    assert {type_ for type_, _ in proofs(world)} == {kind}
    apex = next(resource for resource in world.of(kind) if resource.inputs["name"] == "_proof.example.com")
    assert apex.inputs["type"] == "CNAME"
    assert "_value.example.com.acm-validations.aws" in str(apex.inputs.get("records") or apex.inputs["content"])
    assert apex.inputs.get("proxied", False) is False
    valid = world.one(VALID)
    assert valid.inputs == {"certificateArn": "arn:aws:acm:eu-west-1:123456789012:certificate/edge-certificate"}
    assert {urn.rsplit("::", 1)[-1] for urn in valid.depends_on} >= set(roles)


@pytest.mark.parametrize(("edge", "kind"), [("cloud", RECORD_SET), ("cloudflare", CLOUDFLARE)])
def test_a_certificate_of_google_is_proved_at_either_edge(edge: str, kind: str) -> None:
    world = made(edge=edge, cloud="gcp", certificate_names=("app", "*.app"))
    authorization = world.one("gcp:certificatemanager/dnsAuthorization:DnsAuthorization")
    assert authorization.inputs["domain"] == "app.example.com"
    certificate = world.one("gcp:certificatemanager/certificate:Certificate")
    assert certificate.inputs["managed"] == {"domains": ["app.example.com", "*.app.example.com"], "dnsAuthorizations": [f"{authorization.name}-id"]}
    assert "name" not in certificate.inputs, "a certificate is replaced create-first, so its name is the provider's"
    assert [type_ for type_, _ in proofs(world)] == [kind]


def test_in_front_of_aws_cloudflare_lets_amazon_issue_too() -> None:
    issuers = {record.inputs["data"]["value"] for record in made(edge="cloudflare", tier="prod").of(CLOUDFLARE)}
    assert issuers == {"letsencrypt.org", "pki.goog", "sectigo.com", "ssl.com", "amazon.com"}
    assert "amazon.com" not in {record.inputs["data"]["value"] for record in made(edge="cloudflare", tier="prod", cloud="gcp").of(CLOUDFLARE)}


def test_names_are_watched_by_the_sites_own_cloud() -> None:
    checks = (HealthCheck(name="app", path="/api/health"), HealthCheck(name="@", contains="WatchParty"))
    for edge in ("cloud", "cloudflare"):
        by = {resource.name: resource.inputs for resource in made(edge=edge, health_checks=checks).of("aws:route53/healthCheck:HealthCheck")}
        assert by["edge-health-app"] == {
            "type": "HTTPS",
            "fqdn": "app.example.com",
            "port": 443,
            "resourcePath": "/api/health",
            "requestInterval": 30,
            "failureThreshold": 3,
            "measureLatency": True,
            "enableSni": True,
            "tags": {**LABELS, "Name": "app.example.com/api/health"},
        }
        assert (by["edge-health-apex"]["type"], by["edge-health-apex"]["searchString"]) == ("HTTPS_STR_MATCH", "WatchParty")
    google = {check.name: check.inputs for check in made(cloud="gcp", health_checks=checks).of("gcp:monitoring/uptimeCheckConfig:UptimeCheckConfig")}
    assert google["edge-health-app"]["httpCheck"] == {"path": "/api/health", "port": 443, "useSsl": True, "validateSsl": True, "requestMethod": "GET"}
    assert google["edge-health-app"]["monitoredResource"] == {"type": "uptime_url", "labels": {"project_id": "watchparty-dev", "host": "app.example.com"}}
    assert google["edge-health-apex"]["contentMatchers"] == [{"content": "WatchParty"}]


def test_what_it_hands_on() -> None:
    seen: dict[str, object] = {}

    def program() -> None:
        edge = EdgeDNS("edge", EdgeDNSArgs(zone="example.com", create=True, certificate_names=("app",), health_checks=(HealthCheck(name="app"),)))
        ids = edge.health_check_ids
        assert edge.certificate is not None
        pulumi.Output.all(edge.certificate, edge.ds_record, edge.zone_id, ids["app"]).apply(lambda values: seen.update(values=values))

    build(program, edge="cloud", cloud="aws")
    assert seen["values"] == ["arn:aws:acm:eu-west-1:123456789012:certificate/edge-certificate", "12345 13 2 ABCDEF", "ZEDGE-ZONE", "edge-health-app-id"]
