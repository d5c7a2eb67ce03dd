#pragma once
/// OpenSSL's objects with an owner.

#include <openssl/ssl.h>
#include <openssl/x509.h>

#include <memory>
#include <string>

namespace televisit::net::tls {

struct Free {
    void operator()(X509* object) const noexcept { X509_free(object); }
    void operator()(EVP_PKEY* object) const noexcept { EVP_PKEY_free(object); }
    void operator()(BIO* object) const noexcept { BIO_free(object); }
    void operator()(BIO_METHOD* object) const noexcept { BIO_meth_free(object); }
    void operator()(SSL_CTX* object) const noexcept { SSL_CTX_free(object); }
    void operator()(SSL* object) const noexcept { SSL_free(object); }
};

template <class Object>
using Owned = std::unique_ptr<Object, Free>;

/// Why the library's last call on this thread failed, in its own words; forgets it.
std::string last_failure();

}  // namespace televisit::net::tls
