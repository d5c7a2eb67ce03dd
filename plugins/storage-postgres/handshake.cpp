#include "handshake.hpp"

#include <libpq-fe.h>
#include <openssl/ssl.h>

#include <algorithm>
#include <string_view>

namespace televisit::storage_postgres {
namespace {

constexpr char kWrongPassword[] = "28P01";
constexpr char kReadOnly[] = "25006";

struct Saying {
    std::string_view part;
    const char* state;
};

/// What libpq says by itself; the first that fits.
constexpr Saying kSayings[] = {
    {"read-only", kReadOnly},
    {"standby", kReadOnly},
    {"root certificate", kNoRoot},
    {"does not match host name", kOtherHost},
    {"does not support SSL", kPlainOnly},
    {"certificate", kUntrusted},
    {"SSL", kUntrusted},
};

/// libpq is told to write what the server said as "FATAL:  28P01", with nothing else.
SqlState said_by_server(std::string_view text) {
    constexpr std::size_t kSize = 5;
    const auto colon = text.rfind(":  ");
    if (colon == std::string_view::npos) return kLost;
    const auto state = text.substr(colon + 3, kSize);
    const auto fits = [](char c) { return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z'); };
    return state.size() == kSize && std::ranges::all_of(state, fits) ? SqlState(state) : kLost;
}

SqlState of_certificate(long verdict) {
    switch (verdict) {
        case X509_V_OK:
            return {};
        case X509_V_ERR_CERT_HAS_EXPIRED:
        case X509_V_ERR_CERT_NOT_YET_VALID:
            return kExpired;
        case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
        case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
        case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
        case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
        case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
            return kUnknownIssuer;
        default:
            return kUntrusted;
    }
}

}  // namespace

void HandshakeWitness::Release::operator()(ssl_st* session) const noexcept {
    SSL_free(session);
}

void HandshakeWitness::look(pg_conn* handle) {
    auto* session = static_cast<SSL*>(PQsslStruct(handle, "OpenSSL"));
    if (!session || session == session_.get()) return;
    SSL_up_ref(session);
    session_.reset(session);
}

SqlState HandshakeWitness::reason(pg_conn* handle) const {
    if (PQconnectionNeedsPassword(handle) != 0) return kWrongPassword;
    const std::string_view text = PQerrorMessage(handle);
    const auto found = std::ranges::find_if(
        kSayings, [&](const Saying& saying) { return text.find(saying.part) != std::string_view::npos; });
    if (found == std::end(kSayings)) return said_by_server(text);
    if (std::string_view(found->state) != kUntrusted || !session_) return found->state;
    auto verdict = of_certificate(SSL_get_verify_result(session_.get()));
    return verdict.empty() ? kUntrusted : verdict;
}

}  // namespace televisit::storage_postgres
