"""Listeners and their rules in the sandbox: ports, certificates, actions, conditions, priorities."""

from __future__ import annotations

import re

import pytest

from tests.sandbox.kinds.aws_compute_world import FIXED, LISTENER, RULE, balancer, compute_world, listener, routed, rule, targets
from tests.sandbox.kinds.aws_world import ACCOUNT, REGION, said
from tests.sandbox.kinds.cloud import World, invalid, refused

CERTIFICATE = f"arn:aws:acm:{REGION}:{ACCOUNT}:certificate/1"
EXTRA = "aws:lb/listenerCertificate:ListenerCertificate"
HTTPS = {"port": 443, "protocol": "HTTPS", "certificateArn": CERTIFICATE}
NOWHERE = f"arn:aws:elasticloadbalancing:{REGION}:{ACCOUNT}:loadbalancer/app/none/1"


@pytest.fixture
def world() -> World:
    return compute_world()


@pytest.fixture
def front(world):
    return balancer(world)


@pytest.fixture
def http(world, front):
    return listener(world, front)


def forward(group):
    return [{"type": "forward", "targetGroupArn": group if isinstance(group, str) else group.id}]


def issue(world, **more):
    world.put("aws:acm/certificate:Certificate", CERTIFICATE, **{"arn": CERTIFICATE, "status": "ISSUED", "domainName": "a.example", **more})


def test_a_listener_belongs_to_its_load_balancer(world, front):
    made = listener(world, front, protocol=None)
    suffix = front.outputs["arnSuffix"]
    assert re.fullmatch(rf"arn:aws:elasticloadbalancing:{REGION}:{ACCOUNT}:listener/{suffix}/[0-9a-f]{{16}}", made.id)
    assert (made.outputs["arn"], made.outputs["protocol"], made.outputs["sslPolicy"]) == (made.id, "HTTP", "")
    assert made.outputs["defaultActions"] == [{"order": 1, **FIXED}]


def test_an_encrypted_listener_has_a_policy(world, front):
    issue(world)
    assert listener(world, front, **HTTPS).outputs["sslPolicy"] == "ELBSecurityPolicy-2016-08"
    newest = "ELBSecurityPolicy-TLS13-1-2-2021-06"
    assert listener(world, front, **{**HTTPS, "port": 444}, sslPolicy=newest).outputs["sslPolicy"] == newest


@pytest.mark.parametrize(
    ("inputs", "why"),
    [
        ({"loadBalancerArn": NOWHERE}, f"LoadBalancerNotFound: Load balancer '{NOWHERE}' not found"),
        ({"protocol": "TCP"}, "api error ValidationError: Listener protocol 'TCP' must be one of 'HTTPS, HTTP'"),
        ({"port": None}, "api error ValidationError: A port must be specified"),
        ({"protocol": "HTTPS"}, "api error ValidationError: A certificate must be specified for HTTPS listeners"),
        ({"certificateArn": CERTIFICATE}, "api error ValidationError: A certificate cannot be specified for HTTP listeners"),
        ({"sslPolicy": "ELBSecurityPolicy-2016-08"}, "api error ValidationError: An SSL policy cannot be specified for HTTP listeners"),
        ({**HTTPS, "sslPolicy": "TLS-1.2"}, "SSLPolicyNotFound: SSL policy 'TLS-1.2' not found"),
        (HTTPS, f"CertificateNotFound: Certificate '{CERTIFICATE}' not found"),
        (
            {"defaultActions": forward(f"arn:aws:elasticloadbalancing:{REGION}:{ACCOUNT}:targetgroup/none/1")},
            f"TargetGroupNotFound: Target groups 'arn:aws:elasticloadbalancing:{REGION}:{ACCOUNT}:targetgroup/none/1' not found",
        ),
        (
            {"defaultActions": [{"type": "redirect", "redirect": {"statusCode": "HTTP_301"}}]},
            "InvalidLoadBalancerAction: The redirect configuration is not valid because it creates a loop.",
        ),
        (
            {"defaultActions": [{"type": "redirect", "redirect": {"statusCode": "HTTP_301", "port": "80", "protocol": "HTTP"}}]},
            "InvalidLoadBalancerAction: The redirect configuration is not valid because it creates a loop.",
        ),
        (
            {"defaultActions": [{"type": "authenticate-oidc", "authenticateOidc": {}}, FIXED]},
            "InvalidLoadBalancerAction: Actions of type 'authenticate-cognito', 'authenticate-oidc' or 'jwt-validation' are only supported on HTTPS listeners",
        ),
        ({"defaultActions": []}, "InvalidLoadBalancerAction: The last action must be a forward, redirect or fixed-response action"),
    ],
)
def test_a_listener_that_cannot_be_is_refused(world, front, inputs, why):
    message = said(refused(lambda: listener(world, front, **inputs)))
    at = inputs.get("loadBalancerArn", front.id)
    head = f"creating ELBv2 Listener ({at}): operation error Elastic Load Balancing v2: CreateListener, https response error StatusCode: 400, "
    assert message == head + why


def test_a_port_has_one_listener(world, front, http):
    message = f"DuplicateListener: A listener already exists on this port for this load balancer '{front.id}'"
    assert said(refused(lambda: listener(world, front))).endswith(message)
    assert world.update(http, defaultActions=[{**FIXED, "order": 1}]).outputs["port"] == 80
    other = listener(world, front, port=81)
    assert said(refused(lambda: world.update(other, port=80))).startswith(f"modifying ELBv2 Listener ({other.id}): operation error")


def test_a_redirect_to_tls_is_no_loop(world, front):
    aside = [{"type": "redirect", "redirect": {"statusCode": "HTTP_301", "port": "443", "protocol": "HTTPS"}}]
    assert listener(world, front, defaultActions=aside).outputs["port"] == 80


def test_a_certificate_is_issued(world, front):
    issue(world, status="PENDING_VALIDATION", domainValidationOptions=[{"domainName": "a.example", "resourceRecordName": "x", "resourceRecordValue": "y"}])
    message = (
        f"UnsupportedCertificate: The certificate '{CERTIFICATE}' must have a fully-qualified domain name, a supported signature, and a supported key size."
    )
    assert said(refused(lambda: listener(world, front, **HTTPS))).endswith(message)


def test_more_certificates_are_for_encrypted_listeners(world, front, http):
    issue(world)
    secure = listener(world, front, **HTTPS)
    made = world.create(EXTRA, listenerArn=secure.id, certificateArn=CERTIFICATE)
    assert made.id == f"{secure.id}_{CERTIFICATE}"
    message = refused(lambda: world.create(EXTRA, listenerArn=http.id, certificateArn=CERTIFICATE))
    assert message.endswith("Certificates can only be added to HTTPS and TLS listeners")
    message = refused(lambda: world.create(EXTRA, listenerArn=NOWHERE, certificateArn=CERTIFICATE))
    assert message.endswith(f"ListenerNotFound: Listener '{NOWHERE}' not found")
    message = refused(lambda: world.create(EXTRA, listenerArn=secure.id, certificateArn=f"{CERTIFICATE}2"))
    assert message.endswith(f"CertificateNotFound: Certificate '{CERTIFICATE}2' not found")
    server = f"arn:aws:iam::{ACCOUNT}:server-certificate/a"
    assert refused(lambda: world.create(EXTRA, listenerArn=secure.id, certificateArn=server)).endswith(f"CertificateNotFound: Certificate '{server}' not found")


def test_a_target_group_serves_one_load_balancer_of_its_kind_and_network(world):
    _, group = routed(world)
    second = balancer(world, name="second")
    message = f"TargetGroupAssociationLimit: The following target groups cannot be associated with more than one load balancer: {group.id}"
    assert said(refused(lambda: listener(world, second, defaultActions=forward(group)))).endswith(message)
    raw = targets(world, name="raw", protocol="TCP")
    message = f"IncompatibleProtocols: The TCP protocol of the target group '{raw.id}' is not supported by load balancers with type 'application'"
    assert said(refused(lambda: listener(world, second, defaultActions=forward(raw)))).endswith(message)
    far = targets(world, name="far", vpcId="vpc-2")
    message = f"InvalidConfigurationRequest: The following target groups must be in the same VPC as load balancer '{second.id}': '{far.id}'"
    assert said(refused(lambda: listener(world, second, defaultActions=forward(far)))).endswith(message)


ACTIONS = [
    ([{"type": "redirect"}], "[0]", 'Attribute "redirect" must be specified when "type" is "redirect".'),
    ([{"type": "fixed-response"}], "[0]", 'Attribute "fixed_response" must be specified when "type" is "fixed-response".'),
    ([{"type": "forward"}], "[0]", 'Either "target_group_arn" or "forward" must be specified when "type" is "forward".'),
    ([{**FIXED, "order": 0}], "[0].order", "expected order to be in the range (1 - 50000), got 0"),
    (
        [{"type": "redirect", "redirect": {"statusCode": "301"}}],
        "[0].redirect.statusCode",
        'expected status_code to be one of ["HTTP_301" "HTTP_302"], got 301',
    ),
    (
        [{"type": "redirect", "redirect": {"statusCode": "HTTP_301", "protocol": "TLS"}}],
        "[0].redirect.protocol",
        'expected protocol to be one of ["#{protocol}" "HTTP" "HTTPS"], got TLS',
    ),
    (
        [{"type": "fixed-response", "fixedResponse": {"contentType": "text/plain", "statusCode": "301"}}],
        "[0].fixedResponse.statusCode",
        "invalid value for status_code (must be a 2XX, 4XX or 5XX code)",
    ),
    (
        [{"type": "fixed-response", "fixedResponse": {"contentType": "text/plain", "messageBody": "x" * 1025}}],
        "[0].fixedResponse.messageBody",
        f"expected length of message_body to be in the range (0 - 1024), got {'x' * 1025}",
    ),
    (
        [{"type": "forward", "forward": {"targetGroups": [{"arn": "a"}] * 6}}],
        "[0].forward.targetGroups",
        "Too many target_group blocks: no more than 5 allowed",
    ),
    (
        [{"type": "forward", "forward": {"targetGroups": [{"arn": "a", "weight": 1000}]}}],
        "[0].forward.targetGroups[0].weight",
        "expected weight to be in the range (0 - 999), got 1000",
    ),
    (
        [{"type": "forward", "forward": {"targetGroups": [{"arn": "a"}], "stickiness": {"duration": 604801}}}],
        "[0].forward.stickiness.duration",
        "expected duration to be in the range (1 - 604800), got 604801",
    ),
]


@pytest.mark.parametrize(("actions", "path", "why"), ACTIONS)
def test_the_provider_refuses_actions(world, actions, path, why):
    assert invalid(world, LISTENER, loadBalancerArn=NOWHERE, port=80, defaultActions=actions) == {f"defaultActions{path}": why}
    conditions = [{"pathPattern": {"values": ["/*"]}}]
    assert invalid(world, RULE, listenerArn=NOWHERE, conditions=conditions, actions=actions) == {f"actions{path}": why}


@pytest.mark.parametrize(
    ("inputs", "path", "why"),
    [
        ({"port": 65536}, "port", "expected port to be in the range (1 - 65535), got 65536"),
        ({"loadBalancerArn": "front"}, "loadBalancerArn", '"load_balancer_arn" (front) is an invalid ARN: arn: invalid prefix'),
        ({"certificateArn": "mine"}, "certificateArn", '"certificate_arn" (mine) is an invalid ARN: arn: invalid prefix'),
        ({"tcpIdleTimeoutSeconds": 59}, "tcpIdleTimeoutSeconds", "expected tcp_idle_timeout_seconds to be in the range (60 - 6000), got 59"),
        ({"protocol": "GRPC"}, "protocol", None),
    ],
)
def test_the_provider_refuses_a_listener(world, inputs, path, why):
    found = invalid(world, LISTENER, **{"loadBalancerArn": NOWHERE, "port": 80, "defaultActions": [FIXED], **inputs})
    assert set(found) == {path}
    assert why is None or found[path] == why


def test_a_rule_has_a_priority_of_its_own(world, front, http):
    made = rule(world, http)
    suffix = http.id.partition("listener/")[2]
    assert re.fullmatch(rf"arn:aws:elasticloadbalancing:{REGION}:{ACCOUNT}:listener-rule/{suffix}/[0-9a-f]{{16}}", made.id)
    assert (made.outputs["arn"], made.outputs["actions"]) == (made.id, [{"order": 1, **FIXED}])
    assert said(refused(lambda: rule(world, http))).endswith(
        "CreateRule, https response error StatusCode: 400, PriorityInUse: Priority '10' is currently in use"
    )
    assert rule(world, listener(world, front, port=81)).outputs["priority"] == 10
    chosen = rule(world, http, priority=None)
    assert chosen.outputs["priority"] == 11
    assert world.update(chosen, tags={"a": "b"}).outputs["priority"] == 11
    message = refused(lambda: world.update(chosen, priority=10))
    assert said(message).startswith(f"modifying ELBv2 Listener Rule ({chosen.id}): operation error Elastic Load Balancing v2: SetRulePriorities, ")
    rule(world, http, priority=50000)
    assert rule(world, http, priority=None).outputs["priority"] == 1


@pytest.mark.parametrize(
    ("conditions", "why"),
    [
        ([{"pathPattern": {"values": ["/a", "/b", "/c", "/d", "/e", "/f"]}}], "A rule can only have '5' condition values"),
        ([{"pathPattern": {"values": ["/a"]}}, {"pathPattern": {"values": ["/b"]}}], "Rules cannot have multiple conditions with the field 'path-pattern'"),
        ([{"hostHeader": {"values": []}}], "A condition value must be specified for the field 'host-header'"),
        ([{"hostHeader": {"values": ["a/b"]}}], "The value 'a/b' of the field 'host-header' contains a character that is not valid"),
        ([{"pathPattern": {"values": ["/a b"]}}], "The value '/a b' of the field 'path-pattern' contains a character that is not valid"),
    ],
)
def test_conditions_that_cannot_be_are_refused(world, http, conditions, why):
    assert said(refused(lambda: rule(world, http, conditions=conditions))).endswith(f"api error ValidationError: {why}")


@pytest.mark.parametrize(
    ("inputs", "path", "why"),
    [
        ({"priority": 0}, "priority", "expected priority to be in the range (1 - 50000), got 0"),
        ({"priority": 50001}, "priority", "expected priority to be in the range (1 - 50000), got 50001"),
        ({"listenerArn": "http"}, "listenerArn", '"listener_arn" (http) is an invalid ARN: arn: invalid prefix'),
        ({"conditions": []}, "conditions", "Attribute condition requires 1 item minimum, but config has only 0 declared."),
        ({"conditions": [{}]}, "conditions[0]", "One condition must be set in a condition block"),
        ({"conditions": [{"hostHeader": {"values": ["a"]}, "sourceIp": {"values": ["10.0.0.0/8"]}}]}, "conditions[0]", None),
        (
            {"conditions": [{"hostHeader": {"values": ["a" * 129]}}]},
            "conditions[0].hostHeader.values",
            f"expected length of values to be in the range (1 - 128), got {'a' * 129}",
        ),
        (
            {"conditions": [{"httpRequestMethod": {"values": ["GET it"]}}]},
            "conditions[0].httpRequestMethod.values",
            "invalid value for values (must be 1 to 40 letters, hyphens and underscores)",
        ),
        ({"conditions": [{"sourceIp": {"values": ["10.0.0.1"]}}]}, "conditions[0].sourceIp.values", '"values" is not a valid CIDR block: 10.0.0.1'),
        ({"conditions": [{"sourceIp": {"values": ["10.0/8"]}}]}, "conditions[0].sourceIp.values", '"values" is not a valid CIDR block: 10.0/8'),
        ({"conditions": [{"httpHeader": {"httpHeaderName": "X A", "values": ["a"]}}]}, "conditions[0].httpHeader.httpHeaderName", None),
    ],
)
def test_the_provider_refuses_a_rule(world, inputs, path, why):
    full = {"listenerArn": NOWHERE, "priority": 1, "conditions": [{"pathPattern": {"values": ["/*"]}}], "actions": [FIXED], **inputs}
    found = invalid(world, RULE, **full)
    assert set(found) == {path}
    assert why is None or found[path] == why


def test_a_rule_is_of_a_listener_of_an_application(world, http):
    message = refused(lambda: world.create(RULE, listenerArn=NOWHERE, conditions=[{"queryStrings": [{"value": "a"}]}], actions=[FIXED]))
    assert message.endswith(f"ListenerNotFound: Listener '{NOWHERE}' not found")
    network = balancer(world, name="net", loadBalancerType="network")
    raw = targets(world, name="raw", protocol="TCP")
    on = listener(world, network, protocol="TCP", defaultActions=forward(raw))
    assert refused(lambda: rule(world, on)).endswith("Rules are only supported for listeners of application load balancers")
    assert rule(world, http, conditions=[{"queryStrings": [{"value": "a"}]}]).outputs["priority"] == 10


def test_a_load_balancer_has_a_hundred_rules(world, http):
    for number in range(1, 101):
        rule(world, http, priority=number)
    assert "TooManyRules: The maximum number of rules on a load balancer, 100, has been reached" in refused(lambda: rule(world, http, priority=200))


def test_the_rules_of_a_listener_go_with_it(world, http):
    made = rule(world, http)
    world.delete(http)
    assert world.cloud.get(RULE, made.id) is None


def test_what_makes_a_new_one(world):
    assert (world.kinds[LISTENER].replaces, world.kinds[RULE].replaces) == ({"loadBalancerArn"}, {"listenerArn"})
    assert {token for token in world.kinds if token.startswith("aws:alb/")} == {
        token.replace("aws:lb/", "aws:alb/") for token in world.kinds if token.startswith("aws:lb/")
    }
