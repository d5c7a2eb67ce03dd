#include "net/tls/source.hpp"

#include "tls_client.hpp"

namespace televisit::net::testing {
namespace {

Error fault_of(const CertificateFolder& folder) {
    auto source = tls::Source::open(folder.files(), tls::Version::tls_1_2);
    REQUIRE_FALSE(source.ok());
    return source.error();
}

/// The certificate that a new connection is shown.
std::string shown_by(tls::Source& source) {
    TlsClient client;
    const auto server = source.transport();
    std::array<char, 64 * 1024> plain;
    for (std::string bytes = client.take(); !bytes.empty(); bytes = client.take()) {
        Buffer answer;
        server->receive(std::span(bytes.data(), bytes.size()), plain, answer);
        client.feed(answer.view());
    }
    REQUIRE(client.shaken());
    const tls::Owned<X509> certificate(SSL_get1_peer_certificate(client.ssl()));
    const tls::Owned<BIO> text(BIO_new(BIO_s_mem()));
    PEM_write_bio_X509(text.get(), certificate.get());
    char* data = nullptr;
    const long size = BIO_get_mem_data(text.get(), &data);
    return {data, static_cast<std::size_t>(size)};
}

}  // namespace

TEST_CASE("what is wrong with a certificate's file is told in words") {
    CertificateFolder folder;
    const auto says = [&](const std::string& text) {
        folder.put("certificate.pem", text, 0644);
        const Error fault = fault_of(folder);
        CHECK(fault.name() == tls::kCertificateFault);
        return fault.message;
    };
    const std::string good = folder.read("certificate.pem");
    CHECK(says("") == "holds no certificate in PEM form");
    CHECK(says("hello") == "holds no certificate in PEM form");
    CHECK(says(folder.read("key.pem")) == "holds no certificate in PEM form");
    CHECK(says(good.substr(0, 300)) == "holds a certificate that cannot be read");
    CHECK(says(good + good.substr(0, 300)) == "holds a certificate that cannot be read");
    CHECK(says(std::string(1024 * 1024 + 1, 'x')) == "is larger than 1 MiB");
    fs::remove(folder.files().certificate);
    CHECK(fault_of(folder).message == "does not exist");
    fs::create_directory(folder.files().certificate);
    CHECK(fault_of(folder).message == "is not a file");
}

TEST_CASE("what is wrong with a key's file is told in words") {
    CertificateFolder folder;
    const std::string good = folder.read("key.pem");
    const auto says = [&](const std::string& text, mode_t mode = 0600) {
        folder.put("key.pem", text, mode);
        const Error fault = fault_of(folder);
        CHECK(fault.name() == tls::kKeyFault);
        return fault.message;
    };
    CHECK(says("hello") == "holds no private key in PEM form");
    CHECK(says(good, 0644) == "may be read by everybody (mode 0644): allow no more than 0640");
    CHECK(says(good, 0660) == "may be changed by others (mode 0660): allow no more than 0640");
    CHECK(says("-----BEGIN ENCRYPTED PRIVATE KEY-----\nMIGjMF8GCSqGSIb3DQEFDTBSMDEGCSqGSIb3DQEFDDAkBBDZZZZZZZZZZZZZZZZZ"
               "ZZZZAgIIADAMBggqhkiG9w0CCQUAMB0GCWCGSAFlAwQBKgQQZZZZZZZZZZZZZZZZZZZZZZAQZZZZZZZZZZZZZZZZZZZZZZ\n"
               "-----END ENCRYPTED PRIVATE KEY-----\n")
              .find("private key") != std::string::npos);
    CertificateFolder other;
    CHECK(says(other.read("key.pem")) == "is not the key of the certificate");
    fs::remove(folder.files().key);
    CHECK(fault_of(folder).message == "does not exist");
    folder.put("key.pem", good, 0640);
    CHECK(tls::Source::open(folder.files(), tls::Version::tls_1_2).ok());
}

TEST_CASE("a key that is too short is not accepted") {
    const CertificateFolder folder;
    folder.write(*tls::Owned<EVP_PKEY>(EVP_RSA_gen(1024)));
    const Error fault = fault_of(folder);
    CHECK(fault.name() == tls::kCertificateFault);
    CHECK(fault.message == "is not accepted: ee key too small");
}

TEST_CASE("new connections get what was read last; what cannot be used changes nothing") {
    CertificateFolder folder;
    const auto source = tls::Source::open(folder.files(), tls::Version::tls_1_2).value();
    const std::string first = folder.read("certificate.pem");
    const tls::Stamp before = tls::stamp_of(folder.files());
    CHECK(shown_by(*source) == first);
    CHECK(tls::stamp_of(folder.files()) == before);

    folder.write(*tls::make_key(), 90);
    CHECK_FALSE(tls::stamp_of(folder.files()) == before);
    CHECK(shown_by(*source) == first);
    REQUIRE(source->reload().ok());
    const std::string second = folder.read("certificate.pem");
    CHECK(second != first);
    CHECK(shown_by(*source) == second);
    CHECK(source->not_after() == from_micros(1'769'000'000'000'000) + std::chrono::days(90));

    folder.put("certificate.pem", first, 0644);
    CHECK(source->reload().error().message == "is not the key of the certificate");
    CHECK(shown_by(*source) == second);
}

TEST_CASE("a link that points elsewhere is a change") {
    CertificateFolder folder;
    CertificateFolder other;
    const fs::path link = folder.files().certificate;
    fs::rename(link, link.string() + ".1");
    fs::create_symlink(link.string() + ".1", link);
    const tls::Stamp before = tls::stamp_of(folder.files());
    fs::remove(link);
    fs::create_symlink(other.files().certificate, link);
    CHECK_FALSE(tls::stamp_of(folder.files()) == before);
}

TEST_CASE("only names and addresses get into a self-signed certificate") {
    const auto key = tls::make_key();
    const auto made_for = [&](std::vector<std::string> hosts) {
        return tls::self_signed(*key, hosts, from_micros(0), from_micros(1'000'000));
    };
    CHECK(made_for({"localhost", "::1", "10.0.0.1", "*.example.org", "a_b.example.org"}).ok());
    for (const std::string host : {"", "a,DNS:b", "a b", "-a", "a..b", "*", "a/b", "a:80"})
        CHECK(made_for({"localhost", host}).error().message ==
              "'" + host + "' is neither a host name nor an IP address");
}

}  // namespace televisit::net::testing
