"""TLS as both mail doors use it: chain and host name always verified."""

import ssl

from rejoinder.errors import ConfigError, ProviderError, ProviderRefused, ProviderUnavailable


def client_context(ca_file: str | None) -> ssl.SSLContext:
    """Return a context that verifies chain and host name; `ca_file` replaces the system's authorities.

    Raises:
        ConfigError: the file is missing or holds no certificate.
    """
    try:
        context = ssl.create_default_context(cafile=ca_file)
    except (OSError, ssl.SSLError) as exc:
        raise ConfigError(f"ca_file {ca_file!r} cannot be read as PEM certificates: {exc}") from exc
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context


def connect_error(label: str, host: str, port: int, exc: OSError) -> ProviderError:
    """Say what a failed connection means and what to do next."""
    place = f"{label}: {host!r} port {port}"
    if isinstance(exc, ssl.SSLCertVerificationError):
        return ProviderRefused(
            f"{place} shows a certificate that does not verify ({exc.verify_message}); "
            "check the host name, or give the authority's certificate as ca_file"
        )
    if isinstance(exc, ssl.SSLError) and exc.reason in {"WRONG_VERSION_NUMBER", "UNSUPPORTED_PROTOCOL"}:
        return ProviderRefused(f"{place} does not speak TLS 1.2 or newer; check port and security")
    return ProviderUnavailable(f"{place} cannot be reached ({exc}); tried again later")
