#include "net/tls/context.hpp"

#include <openssl/err.h>

#include <string_view>

namespace televisit::net::tls {
namespace {

constexpr char kCiphers[] =
    "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256:"
    "ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-RSA-AES256-GCM-SHA384:"
    "ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-RSA-CHACHA20-POLY1305";
constexpr char kSuites[] = "TLS_AES_128_GCM_SHA256:TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256";
constexpr char kGroups[] = "X25519:P-256:P-384";
constexpr std::string_view kProtocol = "http/1.1";
constexpr int kSecurityLevel = 2;  // 112 bits: RSA from 2048, no SHA-1
constexpr long kTicketSeconds = 2 * 3600;

int choose_protocol(SSL*, const unsigned char** chosen, unsigned char* length, const unsigned char* offered,
                    unsigned int size, void*) {
    while (size > 0) {
        const unsigned int one = offered[0];
        if (one + 1 > size) break;
        if (std::string_view(reinterpret_cast<const char*>(offered + 1), one) == kProtocol) {
            *chosen = offered + 1;
            *length = static_cast<unsigned char>(one);
            return SSL_TLSEXT_ERR_OK;
        }
        offered += one + 1;
        size -= one + 1;
    }
    return SSL_TLSEXT_ERR_ALERT_FATAL;
}

bool set_rules(SSL_CTX* context, Version least) {
    SSL_CTX_set_security_level(context, kSecurityLevel);
    SSL_CTX_set_options(context, SSL_OP_NO_COMPRESSION | SSL_OP_NO_RENEGOTIATION | SSL_OP_CIPHER_SERVER_PREFERENCE |
                                     SSL_OP_PRIORITIZE_CHACHA);
    // Idle connections hold no buffers.
    SSL_CTX_set_mode(context, SSL_MODE_RELEASE_BUFFERS);
    SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
    SSL_CTX_set_timeout(context, kTicketSeconds);
    SSL_CTX_set_alpn_select_cb(context, choose_protocol, nullptr);
    return SSL_CTX_set_min_proto_version(context, least == Version::tls_1_3 ? TLS1_3_VERSION : TLS1_2_VERSION) == 1 &&
           SSL_CTX_set_max_proto_version(context, TLS1_3_VERSION) == 1 &&
           SSL_CTX_set_cipher_list(context, kCiphers) == 1 && SSL_CTX_set_ciphersuites(context, kSuites) == 1 &&
           SSL_CTX_set1_groups_list(context, kGroups) == 1;
}

}  // namespace

Result<std::shared_ptr<const Context>> Context::make(const Identity& identity, Version least) {
    const auto failed = [](const char* reason) {
        return error(Errc::invalid, reason, "is not accepted: " + last_failure());
    };
    ERR_clear_error();
    Owned<SSL_CTX> context(SSL_CTX_new(TLS_server_method()));
    if (!context || !set_rules(context.get(), least)) return failed(kCertificateFault);
    if (SSL_CTX_use_certificate(context.get(), identity.certificate.get()) != 1) return failed(kCertificateFault);
    for (const auto& link : identity.chain)
        if (SSL_CTX_add1_chain_cert(context.get(), link.get()) != 1) return failed(kCertificateFault);
    if (SSL_CTX_use_PrivateKey(context.get(), identity.key.get()) != 1) return failed(kKeyFault);
    return std::shared_ptr<const Context>(new Context(std::move(context)));
}

Owned<SSL> Context::connection() const {
    Owned<SSL> ssl(SSL_new(context_.get()));
    if (ssl) SSL_set_accept_state(ssl.get());
    return ssl;
}

}  // namespace televisit::net::tls
