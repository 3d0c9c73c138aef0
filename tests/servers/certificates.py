"""An authority of our own and certificates for `localhost`, made with the openssl program."""

import subprocess
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, kw_only=True)
class Certificates:
    """Files in PEM: the authority, another authority that signed nothing, and a server's certificate and key."""

    ca: Path
    other_ca: Path
    cert: Path
    key: Path


def make_certificates(folder: Path, host: str = "localhost") -> Certificates:
    """Make an authority and a certificate for one host name (no address, so that `127.0.0.1` does not match)."""
    folder.mkdir(parents=True, exist_ok=True)
    ca, other = _authority(folder, "ca"), _authority(folder, "other")
    request, cert, key, names = (folder / f"server.{end}" for end in ("csr", "pem", "key", "ext"))
    names.write_text(f"subjectAltName=DNS:{host}\nextendedKeyUsage=serverAuth\n")
    curve = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
    _openssl("req", *curve, "-subj", f"/CN={host}", "-keyout", str(key), "-out", str(request))
    signer = ["-CA", str(ca), "-CAkey", str(ca.with_suffix(".key")), "-CAcreateserial"]
    _openssl("x509", "-req", "-days", "2", "-in", str(request), *signer, "-extfile", str(names), "-out", str(cert))
    return Certificates(ca=ca, other_ca=other, cert=cert, key=key)


def _authority(folder: Path, name: str) -> Path:
    cert, key = folder / f"{name}.pem", folder / f"{name}.key"
    curve = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
    usage = ["-addext", "keyUsage=critical,keyCertSign,cRLSign"]
    _openssl(
        "req",
        "-x509",
        "-days",
        "2",
        *curve,
        *usage,
        "-subj",
        f"/CN=Test {name}",
        "-keyout",
        str(key),
        "-out",
        str(cert),
    )
    return cert


def _openssl(*arguments: str) -> None:
    subprocess.run(["openssl", *arguments], check=True, capture_output=True)
