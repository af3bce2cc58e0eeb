// From what the configuration says of TLS to GnuTLS. Inside web/ only.
#pragma once

#include <gnutls/gnutls.h>

#include <string>

#include "exporter/web/web.h"

namespace exporter::web {

/// Versions, cipher suites and groups, as GnuTLS writes them.
///
/// It knows no lists of suites, only of their parts, and takes every suite that can be made of
/// these. What nobody listed is refused once it was agreed upon, see agreed_as_listed(); the
/// server's order decides, so that this happens only to clients that support none of the listed.
std::string priorities(const Tls& tls);

/// Whether a client is asked for a certificate, and whether there is a connection without one.
gnutls_certificate_request_t request_of(ClientAuth auth);

/// Whether what a client has shown, or not, is enough. REQUIRES: it proves later in the handshake
/// that it has the key; GnuTLS sees to that.
bool admits_client(gnutls_session_t session, const Tls& tls);

/// Whether the suite agreed upon is one of the configuration. To be asked when the handshake is
/// about to end; of TLS 1.3 all are.
bool agreed_as_listed(gnutls_session_t session, const Tls& tls);

}  // namespace exporter::web
