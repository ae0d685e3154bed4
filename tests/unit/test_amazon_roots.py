"""The authorities that clients of a cache on AWS check its certificate by."""

from __future__ import annotations

import hashlib
import ssl

from components.aws.authorities import amazon_roots

PUBLISHED = {
    # amazontrust.com/repository, SHA-256 of each root's certificate
    "8ecde6884f3d87b1125ba31ac3fcb13d7016de7f57cc904fe1cb97c6ae98196e",
    "1ba5b2aa8c65401a82960118f80bec4f62304d83cec4713a19c39c011ea46db4",
    "18ce6cfe7bf14e60b2e347b8dfe868cb31d02ebb3ada271569f50343b46db3a4",
    "e35d28419ed02025cfa69038cd623962458da5c695fbdea3c22b0bfb25897092",
}


def certificates() -> list[str]:
    end = "-----END CERTIFICATE-----\n"
    return [f"{part}{end}" for part in amazon_roots().split(end) if part]


def test_they_are_the_four_roots_of_amazon_trust_services() -> None:
    found = [hashlib.sha256(ssl.PEM_cert_to_DER_cert(certificate)).hexdigest() for certificate in certificates()]
    assert len(found) == len(PUBLISHED)
    assert set(found) == PUBLISHED


def test_they_hold_certificates_and_nothing_else() -> None:
    assert all(certificate.startswith("-----BEGIN CERTIFICATE-----\n") for certificate in certificates())


def test_a_client_can_load_them_as_its_trust_store() -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.load_verify_locations(cadata=amazon_roots())
    assert sorted(dict(field[0] for field in each["subject"])["commonName"] for each in context.get_ca_certs()) == [
        f"Amazon Root CA {number}" for number in (1, 2, 3, 4)
    ]
