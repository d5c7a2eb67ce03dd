#include "http_documents.hpp"

#include <Poco/Net/Context.h>
#include <Poco/Net/SecureServerSocket.h>
#include <openssl/ec.h>
#include <openssl/x509v3.h>

#include <catch2/catch.hpp>
#include <filesystem>
#include <stdexcept>

#include "key_server.hpp"
#include "signing.hpp"

using namespace std::chrono_literals;
using namespace televisit::auth_jwt;
using namespace televisit::auth_jwt::testing;
using televisit::Errc;

namespace {

constexpr auto kEnough = 30s;  // far more than any of these needs

std::string reason(KeyDocuments& documents, std::chrono::milliseconds timeout = kEnough) {
    const auto got = documents.fetch(timeout);
    if (got) return "accepted";
    CHECK(got.error().code == Errc::unavailable);
    return got.error().message;
}

std::string why(const char* url) {
    const auto checked = check_key_address(url);
    return checked ? "accepted" : checked.error().message;
}

/// A key and a certificate that it signed itself, as files that go when the test ends.
class Certificate {
  public:
    explicit Certificate(const char* names) : pair_(EVP_EC_gen("P-256")) {
        std::string pattern = (std::filesystem::temp_directory_path() / "televisit-tls-XXXXXX").string();
        REQUIRE(::mkdtemp(pattern.data()) != nullptr);
        folder_ = pattern;
        write(names);
    }
    ~Certificate() { std::filesystem::remove_all(folder_); }
    Certificate(const Certificate&) = delete;
    Certificate& operator=(const Certificate&) = delete;

    std::string key_file() const { return folder_ / "key.pem"; }
    std::string file() const { return folder_ / "certificate.pem"; }

    Poco::Net::SecureServerSocket socket() const {
        using Poco::Net::Context;
        const Context::Ptr context =
            new Context(Context::TLS_SERVER_USE, key_file(), file(), "", Context::VERIFY_NONE, 9, false);
        return {Poco::Net::SocketAddress("127.0.0.1", 0), 4, context};
    }

  private:
    void write(const char* names) const {
        X509* certificate = X509_new();
        X509_set_version(certificate, X509_VERSION_3);
        ASN1_INTEGER_set(X509_get_serialNumber(certificate), 1);
        X509_gmtime_adj(X509_getm_notBefore(certificate), -3600);
        X509_gmtime_adj(X509_getm_notAfter(certificate), 3600);
        X509_set_pubkey(certificate, pair_.key);
        X509_NAME* name = X509_get_subject_name(certificate);
        X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, reinterpret_cast<const unsigned char*>("keys"), -1, -1, 0);
        X509_set_issuer_name(certificate, name);
        for (const auto& [id, value] : {std::pair(NID_subject_alt_name, names), {NID_basic_constraints, "CA:TRUE"}}) {
            X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, nullptr, id, value);
            X509_add_ext(certificate, extension, -1);
            X509_EXTENSION_free(extension);
        }
        REQUIRE(X509_sign(certificate, pair_.key, EVP_sha256()) > 0);
        BIO* out = BIO_new_file(file().c_str(), "w");
        PEM_write_bio_X509(out, certificate);
        BIO_free(out);
        out = BIO_new_file(key_file().c_str(), "w");
        PEM_write_bio_PrivateKey(out, pair_.key, nullptr, nullptr, 0, nullptr, nullptr);
        BIO_free(out);
        X509_free(certificate);
    }

    KeyPair pair_;
    std::filesystem::path folder_;
};

}  // namespace

TEST_CASE("a document comes with the life that its server gives it") {
    KeyServer server;
    server.answer_ok("the keys", "Cache-Control: public, max-age=300\r\n");
    HttpDocuments documents(server.url(), "", 1000);
    const auto got = documents.fetch(kEnough);
    REQUIRE(got);
    CHECK(got->text == "the keys");
    CHECK(got->max_age == 300s);
    const auto request = server.requests().at(0);
    CHECK(request.starts_with("GET /keys?set=1 HTTP/1.1\r\n"));
    CHECK(request.find("Host: 127.0.0.1:") != std::string::npos);
    server.answer("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nkeys\r\n0\r\n\r\n");
    const auto chunked = documents.fetch(kEnough);
    REQUIRE(chunked);
    CHECK(chunked->text == "keys");
    CHECK_FALSE(chunked->max_age);
}

TEST_CASE("an answer that is not whole, too long, or something else is refused") {
    KeyServer server;
    HttpDocuments documents(server.url(), "", 1000);
    server.answer_ok(std::string(1001, 'x'));
    CHECK(reason(documents) == "the answer is too long");
    server.answer("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nkeys");
    CHECK(reason(documents) == "the answer is cut off");
    server.answer("HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n");
    CHECK(reason(documents) == "the answer has status 404");
    server.answer("HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1/\r\nContent-Length: 0\r\n\r\n");
    CHECK(reason(documents) == "the answer has status 302");
    server.answer("");
    CHECK(reason(documents).starts_with("the exchange failed: "));
    server.answer("secret nonsense\r\n\r\n");
    CHECK(reason(documents).find("secret") == std::string::npos);
    server.answer_ok("fine");
    CHECK(reason(documents) == "accepted");
}

TEST_CASE("a server that does not finish its answer is left") {
    KeyServer server;
    server.hold();
    HttpDocuments documents(server.url(), "", 1000);
    for (const char* part : {"", "HTTP/1.1 200 OK\r\nContent-", "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nkeys",
                             "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nke"}) {
        INFO(part);
        server.answer(part);
        CHECK(reason(documents, 100ms) == "there is no answer in time");
    }
}

TEST_CASE("nobody at the address is a failure with its reason") {
    HttpDocuments documents("http://127.0.0.1:1/", "", 1000);
    CHECK(reason(documents).starts_with("the connection failed: "));
}

TEST_CASE("a secure server must be certified, for its name, by the configured authority") {
    const Certificate good("IP:127.0.0.1,DNS:localhost");
    KeyServer server(good.socket());
    server.answer_ok("the keys");
    HttpDocuments trusting(server.url("https"), good.file(), 1000);
    const auto got = trusting.fetch(kEnough);
    INFO((got ? "" : got.error().message));
    REQUIRE(got);
    CHECK(got->text == "the keys");
    HttpDocuments by_name(server.url("https", "localhost"), good.file(), 1000);
    CHECK(reason(by_name) == "accepted");

    const Certificate other("DNS:other.example");
    HttpDocuments wrong_authority(server.url("https"), other.file(), 1000);
    CHECK(reason(wrong_authority).starts_with("the exchange failed: "));
    HttpDocuments system_authorities(server.url("https"), "", 1000);
    CHECK(reason(system_authorities).starts_with("the exchange failed: "));
    KeyServer impostor(other.socket());
    impostor.answer_ok("the keys");
    HttpDocuments wrong_name(impostor.url("https", "localhost"), other.file(), 1000);
    CHECK(reason(wrong_name).starts_with("the exchange failed: "));
    CHECK(impostor.requests().empty());
}

TEST_CASE("keys are fetched over https, or from this machine") {
    CHECK(why("https://login.example/keys") == "accepted");
    CHECK(why("http://localhost:8080/keys") == "accepted");
    CHECK(why("http://127.0.0.1/keys") == "accepted");
    CHECK(why("http://[::1]/keys") == "accepted");
    CHECK(why("http://login.example/keys").starts_with("must be https"));
    CHECK(why("http://127.0.0.1.example/keys").starts_with("must be https"));
    CHECK(why("https://user:pw@login.example/keys") == "must not hold a user name");
    CHECK(why("file:///etc/keys") == "has no host");
    CHECK(why("ftp://login.example/keys") == "must begin with https://");
    CHECK_THROWS_AS(HttpDocuments("http://login.example/", "", 1), std::invalid_argument);
}
