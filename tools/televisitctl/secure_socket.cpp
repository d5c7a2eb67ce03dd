#include "secure_socket.hpp"

#include <Poco/Crypto/X509Certificate.h>
#include <Poco/Net/Context.h>
#include <Poco/Net/SSLException.h>
#include <Poco/Net/SecureStreamSocket.h>

namespace televisit::ctl {

namespace {

using Poco::Net::Context;
using Poco::Net::SecureStreamSocket;

Context::Ptr context_for(const Trust& trust) {
    // Strict also asks a server on this machine for its name.
    const auto mode = trust.exactly.empty() ? Context::VERIFY_STRICT : Context::VERIFY_NONE;
    Context::Ptr context = new Context(Context::TLS_CLIENT_USE, "", "", trust.ca_file, mode, 9, trust.ca_file.empty());
    context->requireMinimumProtocol(Context::PROTO_TLSV1_2);
    return context;
}

}  // namespace

Poco::Net::StreamSocket secured(Poco::Net::StreamSocket& socket, const std::string& host, const Trust& trust) {
    auto secure = SecureStreamSocket::attach(socket, host, context_for(trust));
    if (!trust.exactly.empty() && !secure.peerCertificate().equals(Poco::Crypto::X509Certificate(trust.exactly)))
        throw Poco::Net::CertificateValidationException("the server shows another certificate than " + trust.exactly);
    return secure;
}

}  // namespace televisit::ctl
