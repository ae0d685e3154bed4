"""Certificates that wait for their proof, as AWS Certificate Manager and its provider treat them."""

from __future__ import annotations

import pytest

from sandbox.resources.aws import acm, route53_record, route53_zone
from tests.sandbox.kinds.cloud import World, invalid, refused

CERTIFICATE, VALIDATION = "aws:acm/certificate:Certificate", "aws:acm/certificateValidation:CertificateValidation"
RECORD, ZONE = "aws:route53/record:Record", "aws:route53/zone:Zone"
CLOUDFLARE = "cloudflare:index/dnsRecord:DnsRecord"


@pytest.fixture
def world() -> World:
    return World({kind.token: kind for module in (acm, route53_record, route53_zone) for kind in module.KINDS}, config={"region": "eu-west-1"})


@pytest.fixture
def zone(world):
    return world.create(ZONE, name="example.com")


def certificate(world, name="app.example.com", **more):
    return world.create(CERTIFICATE, domainName=name, validationMethod="DNS", **more)


def prove(world, zone, made):
    for option in made.outputs["domainValidationOptions"]:
        name, value = option["resourceRecordName"], option["resourceRecordValue"]
        world.create(RECORD, zoneId=zone.id, name=name, type=option["resourceRecordType"], ttl=60, records=[value], allowOverwrite=True)


def validate(world, made, **more):
    return world.create(VALIDATION, certificateArn=made.outputs["arn"], **more)


def test_a_certificate_waits_and_says_for_what(world):
    made = certificate(world)
    (option,) = made.outputs["domainValidationOptions"]
    assert made.outputs["status"] == "PENDING_VALIDATION"
    assert made.id == made.outputs["arn"]
    assert made.id.startswith("arn:aws:acm:eu-west-1:000000000000:certificate/")
    assert (option["domainName"], option["resourceRecordType"]) == ("app.example.com", "CNAME")
    assert option["resourceRecordName"].endswith(".app.example.com.")
    assert option["resourceRecordValue"].endswith(".acm-validations.aws.")


def test_a_wildcard_is_proved_by_the_record_of_the_domain_above_it(world):
    made = certificate(world, "example.com", subjectAlternativeNames=["*.example.com", "example.com"])
    assert made.outputs["subjectAlternativeNames"] == ["example.com", "*.example.com"]
    assert len({option["resourceRecordName"] for option in made.outputs["domainValidationOptions"]}) == 1


def test_it_is_issued_once_the_record_stands_at_route_53(world, zone):
    made = certificate(world)
    assert "last state: 'PENDING_VALIDATION', timeout: 1h15m0s" in refused(validate, world=world, made=made)
    prove(world, zone, made)
    assert validate(world, made).outputs["region"] == "eu-west-1"
    assert world.refresh(made)["status"] == "ISSUED"
    assert acm.issued(world.call(CERTIFICATE, {}), made.outputs["arn"])


def test_it_is_issued_once_the_record_stands_at_cloudflare_unproxied(world):
    made = certificate(world)
    (option,) = made.outputs["domainValidationOptions"]
    name, value = option["resourceRecordName"].rstrip("."), option["resourceRecordValue"].rstrip(".")
    world.put(CLOUDFLARE, "r", name=name, content=value, type="CNAME", proxied=True)
    assert "PENDING_VALIDATION" in refused(validate, world=world, made=made)
    world.put(CLOUDFLARE, "r", name=name, content=value, type="CNAME", proxied=False)
    validate(world, made)


@pytest.mark.parametrize(("issuer", "state"), [("amazon.com", "ISSUED"), ("pki.goog", "FAILED")])
def test_caa_records_decide_whether_amazon_may_issue(world, zone, issuer, state):
    world.create(RECORD, zoneId=zone.id, name="example.com", type="CAA", ttl=60, records=[f'0 issue "{issuer}"'])
    made = certificate(world)
    prove(world, zone, made)
    assert world.refresh(made)["status"] == state
    if state == "FAILED":
        assert "last error: CAA_ERROR" in refused(validate, world=world, made=made)


def test_caa_records_at_cloudflare_count_too(world, zone):
    world.put(CLOUDFLARE, "caa", name="example.com", type="CAA", data={"flags": 0, "tag": "issue", "value": "pki.goog"})
    made = certificate(world)
    prove(world, zone, made)
    assert world.refresh(made)["status"] == "FAILED"


def test_the_closest_caa_record_counts(world, zone):
    world.create(RECORD, zoneId=zone.id, name="example.com", type="CAA", ttl=60, records=['0 issue "pki.goog"'])
    world.create(RECORD, zoneId=zone.id, name="app.example.com", type="CAA", ttl=60, records=['0 issue "amazon.com"'])
    made = certificate(world)
    prove(world, zone, made)
    assert world.refresh(made)["status"] == "ISSUED"


def test_the_provider_compares_the_records_that_it_is_told_of(world, zone):
    made = certificate(world)
    prove(world, zone, made)
    message = refused(validate, world=world, made=made, validationRecordFqdns=["_x.example.com"])
    name = made.outputs["domainValidationOptions"][0]["resourceRecordName"].rstrip(".")
    assert message == f"missing app.example.com DNS validation record: {name}"
    validate(world, made, validationRecordFqdns=[name])
    mailed = world.create(CERTIFICATE, domainName="example.com", validationMethod="EMAIL")
    assert "is not valid for EMAIL validation" in refused(validate, world=world, made=mailed, validationRecordFqdns=[name])


def test_there_is_no_waiting_for_a_certificate_that_is_not_there(world):
    assert "Could not find certificate arn:x" in refused(world.create, token=VALIDATION, certificateArn="arn:x")


@pytest.mark.parametrize(
    ("inputs", "path", "part"),
    [
        ({"validationMethod": "PHONE"}, "validationMethod", "expected validation_method to be one of"),
        ({"keyAlgorithm": "RSA_512"}, "keyAlgorithm", "expected key_algorithm to be one of"),
        ({"domainName": "example.com."}, "domainName", "cannot end with a period"),
        ({"domainName": None}, "domainName", "one of `domain_name,private_key,private_key_wo` must be specified"),
        ({"validationMethod": None}, "domainName", "one of `certificate_authority_arn,validation_method` must be specified"),
        ({"tags": {"aws:x": "y"}}, "tags.aws:x", "must not start with aws:"),
    ],
)
def test_what_the_provider_refuses(world, inputs, path, part):
    given = {"domainName": "example.com", "validationMethod": "DNS", **inputs}
    assert part in invalid(world, CERTIFICATE, **{key: value for key, value in given.items() if value is not None})[path]


@pytest.mark.parametrize(
    ("inputs", "part"),
    [
        ({"domainName": "x" * 60 + ".example.com"}, "The first domain name can have up to 64 characters."),
        ({"domainName": "exa_mple.com"}, "must be a fully qualified domain name"),
        ({"subjectAlternativeNames": [f"a{number}.example.com" for number in range(10)]}, "The maximum number of 10 domain names per certificate"),
    ],
)
def test_what_acm_refuses(world, inputs, part):
    assert part in refused(world.create, token=CERTIFICATE, **{"domainName": "example.com", "validationMethod": "DNS", **inputs})
