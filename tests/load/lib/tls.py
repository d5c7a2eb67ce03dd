"""TLS to a server of a measurement, whose certificate is its own."""

import ssl


def secured(connection):
    """The same connection, encrypted; any certificate is believed."""
    rules = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    rules.check_hostname = False
    rules.verify_mode = ssl.CERT_NONE
    return rules.wrap_socket(connection)
