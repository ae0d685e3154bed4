"""Certificate Manager and uptime checks, as Google and its provider treat them."""

from __future__ import annotations

import pytest

from tests.sandbox.kinds.cloud import PROJECT, invalid, refused

AUTHORIZATION = "gcp:certificatemanager/dnsAuthorization:DnsAuthorization"
CERTIFICATE = "gcp:certificatemanager/certificate:Certificate"
UPTIME = "gcp:monitoring/uptimeCheckConfig:UptimeCheckConfig"
CHECK = {"displayName": "app", "timeout": "10s", "httpCheck": {"port": 443}, "monitoredResource": {"type": "uptime_url", "labels": {"host": "app.example.com"}}}


@pytest.fixture
def authorization(world):
    return world.create(AUTHORIZATION, name="app", domain="app.example.com")


def test_an_authorization_says_which_record_proves_the_domain(world, authorization):
    (record,) = authorization.outputs["dnsResourceRecords"]
    assert (record["name"], record["type"]) == ("_acme-challenge.app.example.com.", "CNAME")
    assert record["data"].endswith(".authorize.certificatemanager.goog.")
    assert authorization.id == f"projects/{PROJECT}/locations/global/dnsAuthorizations/app"
    own = world.create(AUTHORIZATION, name="own", domain="app.example.com", type="PER_PROJECT_RECORD").outputs["dnsResourceRecords"][0]["name"]
    assert own.startswith("_acme-challenge-")


def test_a_wildcard_needs_the_authorization_of_the_domain_above_it(world, authorization):
    assert "a wildcard is covered by the authorization of the domain above it" in refused(world.create, token=AUTHORIZATION, name="w", domain="*.example.com")
    made = world.create(CERTIFICATE, name="c", managed={"domains": ["app.example.com", "*.app.example.com"], "dnsAuthorizations": [authorization.id]})
    assert made.outputs["managed"]["state"] == "PROVISIONING"
    assert made.outputs["sanDnsnames"] == ["app.example.com", "*.app.example.com"]


@pytest.mark.parametrize(
    ("managed", "part"),
    [
        ({"domains": ["example.com"]}, ""),
        ({"domains": []}, "has 1 to 100 domains, got 0"),
        ({"domains": ["exa mple.com"]}, 'invalid domain "exa mple.com"'),
        ({"domains": ["*.example.com"]}, '"*.example.com" is not covered by a DNS authorization'),
    ],
)
def test_what_the_cloud_refuses_of_a_certificate(world, managed, part):
    if part:
        assert part in refused(world.create, token=CERTIFICATE, name="c", managed=managed)
    else:
        world.create(CERTIFICATE, name="c", managed=managed)


def test_a_certificate_is_not_for_a_domain_that_its_authorizations_leave_out(world, authorization):
    managed = {"domains": ["app.example.com", "api.example.com"], "dnsAuthorizations": [authorization.id]}
    assert '"api.example.com" is not covered' in refused(world.create, token=CERTIFICATE, name="c", managed=managed)


def test_a_certificate_is_managed_or_brought_and_has_a_legal_name(world):
    assert "only one of `managed,self_managed`" in invalid(world, CERTIFICATE, name="c")["managed"]
    assert "doesn't match regexp" in invalid(world, CERTIFICATE, name="1c", managed={"domains": ["example.com"]})["name"]


@pytest.mark.parametrize(
    ("changes", "part"),
    [
        ({"period": "30s"}, "expected period to be one of"),
        ({"timeout": "61s"}, '"timeout" (61s) must be between 1s and 60s'),
        ({"tcpCheck": {"port": 1}}, "one of `http_check,synthetic_monitor,tcp_check` must be specified"),
    ],
)
def test_what_the_provider_refuses_of_a_check(world, changes, part):
    assert part in " ".join(invalid(world, UPTIME, **{**CHECK, **changes}).values())


def test_a_check_needs_to_know_the_host(world):
    made = world.create(UPTIME, **CHECK)
    assert made.outputs["name"] == f"projects/{PROJECT}/uptimeCheckConfigs/{made.outputs['uptimeCheckId']}"
    nowhere = {**CHECK, "monitoredResource": {"type": "uptime_url", "labels": {"project_id": "p"}}}
    assert 'requires the label "host"' in refused(world.create, token=UPTIME, **nowhere)
