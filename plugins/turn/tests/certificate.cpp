#include "certificate.hpp"

#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <stdexcept>

namespace televisit::turn::testing {

namespace {

struct Free {
    void operator()(X509* object) const noexcept { X509_free(object); }
    void operator()(EVP_PKEY* object) const noexcept { EVP_PKEY_free(object); }
    void operator()(X509_EXTENSION* object) const noexcept { X509_EXTENSION_free(object); }
    void operator()(std::FILE* file) const noexcept { std::fclose(file); }
};
template <class Object>
using Owned = std::unique_ptr<Object, Free>;

void write(const std::string& name, int (*put)(std::FILE*, X509*, EVP_PKEY*), X509* certificate, EVP_PKEY* key) {
    const Owned<std::FILE> file(std::fopen(name.c_str(), "w"));
    if (!file || put(file.get(), certificate, key) != 1) throw std::runtime_error("cannot write " + name);
}

}  // namespace

Certificate::Certificate(const std::string& host, std::chrono::seconds good_for) {
    std::string pattern = (std::filesystem::temp_directory_path() / "televisit-cert-XXXXXX").string();
    if (::mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("no folder for a certificate");
    folder_ = pattern;
    const Owned<EVP_PKEY> key(EVP_EC_gen("P-256"));
    const Owned<X509> made(X509_new());
    X509_set_version(made.get(), 2);
    ASN1_INTEGER_set(X509_get_serialNumber(made.get()), 1);
    X509_gmtime_adj(X509_getm_notBefore(made.get()), std::min<long>(good_for.count(), 0) - 3600);
    X509_gmtime_adj(X509_getm_notAfter(made.get()), good_for.count());
    X509_set_pubkey(made.get(), key.get());
    auto* name = X509_get_subject_name(made.get());
    X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8, reinterpret_cast<const unsigned char*>("test"), -1, -1, 0);
    X509_set_issuer_name(made.get(), name);
    const bool is_address = host.find_first_not_of("0123456789.") == std::string::npos;
    const Owned<X509_EXTENSION> hosts(
        X509V3_EXT_conf_nid(nullptr, nullptr, NID_subject_alt_name, ((is_address ? "IP:" : "DNS:") + host).c_str()));
    X509_add_ext(made.get(), hosts.get(), -1);
    X509_sign(made.get(), key.get(), EVP_sha256());
    write(
        file(), [](std::FILE* out, X509* certificate, EVP_PKEY*) { return PEM_write_X509(out, certificate); },
        made.get(), key.get());
    write(
        key_file(),
        [](std::FILE* out, X509*, EVP_PKEY* own) {
            return PEM_write_PrivateKey(out, own, nullptr, nullptr, 0, nullptr, nullptr);
        },
        made.get(), key.get());
}

Certificate::~Certificate() {
    std::error_code ignored;
    std::filesystem::remove_all(folder_, ignored);
}

}  // namespace televisit::turn::testing
