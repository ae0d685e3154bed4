"""A global load balancer, part by part, as Google and its provider treat it."""

from __future__ import annotations

import pytest

from tests.sandbox.kinds.cloud import PROJECT, REGION, invalid, refused

NEG = "gcp:compute/regionNetworkEndpointGroup:RegionNetworkEndpointGroup"
BACKEND = "gcp:compute/backendService:BackendService"
BUCKET = "gcp:compute/backendBucket:BackendBucket"
MAP = "gcp:compute/uRLMap:URLMap"
HTTPS = "gcp:compute/targetHttpsProxy:TargetHttpsProxy"
RULE = "gcp:compute/globalForwardingRule:GlobalForwardingRule"
ARMOR = "gcp:compute/securityPolicy:SecurityPolicy"
CERTIFICATE = "gcp:compute/managedSslCertificate:ManagedSslCertificate"
TLS = "gcp:compute/sSLPolicy:SSLPolicy"
ADDRESS = "gcp:compute/globalAddress:GlobalAddress"
GLOBAL = f"projects/{PROJECT}/global"


@pytest.fixture
def front(world):
    """Everything from the endpoint group to the forwarding rule, by type."""
    neg = world.create(NEG, name="api", region=REGION, cloudRun={"service": "api"})
    armor = world.create(ARMOR, name="armor")
    backend = world.create(BACKEND, name="api", backends=[{"group": neg.id}], securityPolicy=armor.id)
    routes = world.create(MAP, name="routes", defaultService=backend.id)
    certificate = world.create(CERTIFICATE, name="cert", managed={"domains": ["example.com"]})
    tls = world.create(TLS, name="modern", profile="MODERN", minTlsVersion="TLS_1_2")
    proxy = world.create(HTTPS, name="front", urlMap=routes.id, sslCertificates=[certificate.id], sslPolicy=tls.id)
    address = world.create(ADDRESS, name="front")
    rule = world.create(RULE, name="front", target=proxy.id, portRange="443", ipAddress=address.id)
    return {record.type: record for record in (neg, armor, backend, routes, certificate, tls, proxy, address, rule)}


def test_each_part_lies_where_google_puts_it(front):
    assert front[NEG].id == f"projects/{PROJECT}/regions/{REGION}/networkEndpointGroups/api"
    collections = {BACKEND: "backendServices/api", MAP: "urlMaps/routes", HTTPS: "targetHttpsProxies/front", RULE: "forwardingRules/front"}
    assert {type_: front[type_].id for type_ in collections} == {type_: f"{GLOBAL}/{path}" for type_, path in collections.items()}


def test_the_rule_answers_at_the_reserved_address(front):
    assert front[RULE].outputs["ipAddress"] == front[ADDRESS].outputs["address"]
    assert (front[RULE].outputs["portRange"], front[RULE].inputs["loadBalancingScheme"]) == ("443-443", "EXTERNAL_MANAGED")


@pytest.mark.parametrize(
    ("part", "noun", "user"),
    [
        (NEG, "network_endpoint_group", BACKEND),
        (ARMOR, "security_policy", BACKEND),
        (BACKEND, "backend_service", MAP),
        (MAP, "url_map", HTTPS),
        (CERTIFICATE, "ssl_certificate", HTTPS),
        (TLS, "ssl_policy", HTTPS),
        (HTTPS, "target_https_proxy", RULE),
        (ADDRESS, "address", RULE),
    ],
)
def test_a_part_that_another_uses_stays(world, front, part, noun, user):
    assert refused(world.delete, record=front[part]) == (
        f"googleapi: Error 400: The {noun} resource '{front[part].id}' is already being used by '{front[user].id}', resourceInUseByAnotherResource"
    )


@pytest.mark.parametrize(
    ("inputs", "part"),
    [
        ({"healthChecks": "x"}, "cannot have a healthcheck with Serverless"),
        ({"timeoutSec": 60}, "Timeout sec is not supported"),
        ({"portName": "http"}, "Port name is not supported"),
    ],
)
def test_a_serverless_backend_takes_no_settings_of_machines(world, front, inputs, part):
    world.put("gcp:compute/healthCheck:HealthCheck", "x")
    assert part in refused(world.create, token=BACKEND, name="two", backends=[{"group": front[NEG].id}], **inputs)


def test_a_map_leads_somewhere(world, front):
    assert invalid(world, MAP, name="none").keys() == {"defaultService"}
    assert "'nowhere' was not found" in refused(world.create, token=MAP, name="none", defaultService="nowhere")
    hosts = [{"hosts": ["*"], "pathMatcher": "missing"}]
    assert "Path matcher does not exist" in refused(world.create, token=MAP, name="none", defaultService=front[BACKEND].id, hostRules=hosts)


def test_a_map_may_lead_to_a_bucket(world):
    bucket = world.create(BUCKET, name="assets", bucketName="acme-assets")
    assert world.create(MAP, name="static", defaultService=bucket.outputs["selfLink"]).outputs["selfLink"].endswith(f"{GLOBAL}/urlMaps/static")


def test_a_secure_proxy_has_a_certificate(world, front):
    assert "At least one SSL certificate" in refused(world.create, token=HTTPS, name="two", urlMap=front[MAP].id)


def test_one_address_and_port_answer_once(world, front):
    again = {"name": "two", "target": front[HTTPS].id, "portRange": "443-443", "ipAddress": front[ADDRESS].outputs["address"]}
    assert "Specified IP address is in-use" in refused(world.create, token=RULE, **again)
    assert world.create(RULE, **{**again, "portRange": "80"}).outputs["ipAddress"] == front[ADDRESS].outputs["address"]


def test_a_rule_without_an_address_gets_one(world, front):
    made = world.create(RULE, name="two", target=front[HTTPS].id, portRange="443")
    assert made.outputs["ipAddress"] not in {front[ADDRESS].outputs["address"], ""}
    assert world.update(made, labels={"a": "b"}).outputs["ipAddress"] == made.outputs["ipAddress"]


def test_a_security_policy_ends_with_a_default_rule(world, front):
    assert front[ARMOR].outputs["rules"][0]["priority"] == 2147483647
    rule = {"action": "deny(403)", "priority": 1000, "match": {"versionedExpr": "SRC_IPS_V1", "config": {"srcIpRanges": ["192.0.2.0/24"]}}}
    assert "default rule" in refused(world.create, token=ARMOR, name="two", rules=[rule])
    assert "same priorities" in refused(world.create, token=ARMOR, name="two", rules=[rule, rule])


def test_custom_tls_features_belong_to_the_custom_profile(world):
    assert "no custom_features are set" in invalid(world, TLS, name="tls", profile="CUSTOM")["customFeatures"]
    assert "requires the profile to be CUSTOM" in invalid(world, TLS, name="tls", profile="MODERN", customFeatures=["x"])["customFeatures"]


def test_a_certificate_has_a_hundred_domains_at_most(world):
    domains = [f"d{index}.example.com" for index in range(101)]
    assert "managed.domains" in invalid(world, CERTIFICATE, name="cert", managed={"domains": domains})


def test_an_endpoint_group_leads_to_one_kind_of_service(world):
    both = {"cloudRun": {"service": "api"}, "cloudFunction": {"function": "f"}}
    assert invalid(world, NEG, name="api", region=REGION, **both) == {"cloudRun": '"cloud_run": conflicts with cloud_function'}
    assert "must be specified" in invalid(world, NEG, name="api", region=REGION, cloudRun={"tag": "x"})["cloudRun"]
