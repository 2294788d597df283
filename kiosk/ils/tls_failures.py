"""What failures of TLS mean to an administrator."""

from __future__ import annotations

import ssl
from typing import Final

# OpenSSL's verdicts on a certificate (x509_vfy.h).
_VERDICTS: Final = {
    9: "library.tls_not_yet_valid",
    10: "library.tls_expired",
    18: "library.tls_unknown_signer",
    19: "library.tls_unknown_signer",
    20: "library.tls_unknown_signer",
    21: "library.tls_unknown_signer",
    62: "library.tls_other_name",
    64: "library.tls_other_name",
}
_NOT_TLS_AT_ALL: Final = frozenset({"WRONG_VERSION_NUMBER", "RECORD_LAYER_FAILURE"})


def why(error: ssl.SSLError) -> str:
    """Tell by its key what a failure of TLS means."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return _VERDICTS.get(error.verify_code, "library.tls_certificate")
    return "library.not_tls" if error.reason in _NOT_TLS_AT_ALL else "library.tls_refused"
