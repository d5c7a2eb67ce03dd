#include "net/tls/self_signed.hpp"

#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <array>
#include <ctime>
#include <string_view>

#include "net/address.hpp"
#include "net/http_text.hpp"

namespace televisit::net::tls {
namespace {

constexpr std::size_t kLongestName = 64;  // of a subject

bool is_dns_name(std::string_view name) {
    if (name.starts_with("*.")) name.remove_prefix(2);
    if (name.empty() || name.size() > 253) return false;
    while (true) {
        const std::size_t dot = name.find('.');
        const std::string_view label = name.substr(0, dot);
        const bool sane = !label.empty() && label.size() <= 63 && label.front() != '-' && label.back() != '-' &&
                          std::all_of(label.begin(), label.end(),
                                      [](char c) { return is_alpha(c) || is_digit(c) || c == '-' || c == '_'; });
        if (!sane) return false;
        if (dot == std::string_view::npos) return true;
        name.remove_prefix(dot + 1);
    }
}

Result<std::string> alternative_names(const std::vector<std::string>& hosts) {
    std::string names;
    for (const std::string& host : hosts) {
        const bool address = IpAddress::parse(host).has_value();
        if (!address && !is_dns_name(host))
            return error(Errc::invalid, "'" + host + "' is neither a host name nor an IP address");
        names += (names.empty() ? "" : ",") + std::string(address ? "IP:" : "DNS:") + host;
    }
    if (names.empty()) return error(Errc::invalid, "no host is named");
    return names;
}

bool set_serial(X509& certificate) {
    std::array<unsigned char, 16> bytes{};
    if (RAND_bytes(bytes.data(), bytes.size()) != 1) return false;
    bytes[0] = static_cast<unsigned char>((bytes[0] & 0x7f) | 0x40);  // positive, and never shorter
    BIGNUM* const number = BN_bin2bn(bytes.data(), bytes.size(), nullptr);
    const bool set = number && BN_to_ASN1_INTEGER(number, X509_get_serialNumber(&certificate));
    BN_free(number);
    return set;
}

bool set_name(X509& certificate, const std::string& host) {
    X509_NAME* const name = X509_get_subject_name(&certificate);
    const std::string text = host.substr(0, kLongestName);
    return X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8, reinterpret_cast<const unsigned char*>(text.c_str()),
                                      -1, -1, 0) == 1 &&
           X509_set_issuer_name(&certificate, name) == 1;
}

bool set_time(ASN1_TIME* time, Instant instant) {
    return ASN1_TIME_set(time, static_cast<std::time_t>(to_micros(instant) / 1'000'000)) != nullptr;
}

bool add_extension(X509& certificate, int id, const std::string& value) {
    X509V3_CTX context{};
    X509V3_set_ctx(&context, &certificate, &certificate, nullptr, nullptr, 0);
    X509_EXTENSION* const extension = X509V3_EXT_conf_nid(nullptr, &context, id, value.c_str());
    const bool added = extension && X509_add_ext(&certificate, extension, -1) == 1;
    X509_EXTENSION_free(extension);
    return added;
}

std::string text_of(BIO& memory) {
    char* data = nullptr;
    const long size = BIO_get_mem_data(&memory, &data);
    return {data, static_cast<std::size_t>(size)};
}

}  // namespace

Owned<EVP_PKEY> make_key() {
    return Owned<EVP_PKEY>(EVP_EC_gen("P-256"));
}

Result<SelfSigned> self_signed(EVP_PKEY& key, const std::vector<std::string>& hosts, Instant from, Instant until) {
    const auto names = alternative_names(hosts);
    if (!names) return names.error();
    const Owned<X509> owned(X509_new());
    X509& certificate = *owned;
    const bool made = X509_set_version(&certificate, X509_VERSION_3) == 1 && set_serial(certificate) &&
                      set_name(certificate, hosts.front()) && set_time(X509_getm_notBefore(&certificate), from) &&
                      set_time(X509_getm_notAfter(&certificate), until) && X509_set_pubkey(&certificate, &key) == 1 &&
                      add_extension(certificate, NID_subject_alt_name, *names) &&
                      add_extension(certificate, NID_basic_constraints, "critical,CA:FALSE") &&
                      add_extension(certificate, NID_key_usage, "critical,digitalSignature") &&
                      add_extension(certificate, NID_ext_key_usage, "serverAuth") &&
                      add_extension(certificate, NID_subject_key_identifier, "hash") &&
                      X509_sign(&certificate, &key, EVP_sha256()) > 0;
    const Owned<BIO> public_part(BIO_new(BIO_s_mem()));
    const Owned<BIO> private_part(BIO_new(BIO_s_secmem()));
    if (!made || PEM_write_bio_X509(public_part.get(), &certificate) != 1 ||
        PEM_write_bio_PKCS8PrivateKey(private_part.get(), &key, nullptr, nullptr, 0, nullptr, nullptr) != 1)
        return error(Errc::internal, "a certificate could not be made: " + last_failure());
    return SelfSigned{text_of(*public_part), text_of(*private_part)};
}

}  // namespace televisit::net::tls
