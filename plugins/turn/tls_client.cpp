#include "tls_client.hpp"

#include <arpa/inet.h>
#include <openssl/err.h>
#include <openssl/x509_vfy.h>

#include <array>
#include <new>
#include <stdexcept>

namespace televisit::turn {

namespace {

bool is_address(const std::string& host) {
    std::array<unsigned char, sizeof(in6_addr)> bytes{};
    return inet_pton(AF_INET, host.c_str(), bytes.data()) == 1 || inet_pton(AF_INET6, host.c_str(), bytes.data()) == 1;
}

}  // namespace

TlsClient::TlsClient(const std::string& ca_file) : context_(SSL_CTX_new(TLS_client_method())) {
    if (!context_) throw std::bad_alloc();
    SSL_CTX_set_min_proto_version(context_.get(), TLS1_2_VERSION);
    SSL_CTX_set_verify(context_.get(), SSL_VERIFY_PEER, nullptr);
    SSL_CTX_set_mode(context_.get(), SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
    const bool trusted = ca_file.empty() ? SSL_CTX_set_default_verify_paths(context_.get()) == 1
                                         : SSL_CTX_load_verify_locations(context_.get(), ca_file.c_str(), nullptr) == 1;
    ERR_clear_error();
    if (!trusted) throw std::runtime_error("'" + ca_file + "' holds no certificates in PEM form, or cannot be read");
}

TlsClient::Session TlsClient::session(int socket, const std::string& host) const {
    Session session(SSL_new(context_.get()));
    if (!session || SSL_set_fd(session.get(), socket) != 1) throw std::bad_alloc();
    if (is_address(host)) {
        X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(session.get()), host.c_str());
    } else {
        SSL_set_tlsext_host_name(session.get(), host.c_str());
        SSL_set1_host(session.get(), host.c_str());
    }
    SSL_set_connect_state(session.get());
    return session;
}

ProbeFault tls_fault(const SSL& session) noexcept {
    switch (SSL_get_verify_result(&session)) {
        case X509_V_OK:
            return ProbeFault::tls_failed;
        case X509_V_ERR_HOSTNAME_MISMATCH:
        case X509_V_ERR_IP_ADDRESS_MISMATCH:
            return ProbeFault::tls_name;
        case X509_V_ERR_CERT_HAS_EXPIRED:
        case X509_V_ERR_CERT_NOT_YET_VALID:
            return ProbeFault::tls_expired;
        default:
            return ProbeFault::tls_untrusted;
    }
}

}  // namespace televisit::turn
