#pragma once
/// The other end of a TLS connection, in memory; and certificates made for a test.

#include <openssl/err.h>
#include <openssl/rsa.h>
#include <sys/stat.h>

#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>

#include "net/tls/self_signed.hpp"
#include "net/tls/source.hpp"

namespace televisit::net::testing {

namespace fs = std::filesystem;

/// A folder with a certificate and its key, gone with the object.
class CertificateFolder {
  public:
    CertificateFolder() {
        std::string name = (fs::temp_directory_path() / "televisit-tls-XXXXXX").string();
        REQUIRE(::mkdtemp(name.data()) != nullptr);
        path_ = name;
        write(*tls::make_key());
    }
    ~CertificateFolder() { fs::remove_all(path_); }
    CertificateFolder(const CertificateFolder&) = delete;
    CertificateFolder& operator=(const CertificateFolder&) = delete;

    tls::Files files() const { return {path_ / "certificate.pem", path_ / "key.pem"}; }
    /// A new pair for localhost, which is valid for so many days from the start of the tests' clock.
    void write(EVP_PKEY& key, int days = 30) const {
        const Instant from = from_micros(1'769'000'000'000'000);
        const auto pair = tls::self_signed(key, {"localhost", "127.0.0.1"}, from, from + std::chrono::days(days));
        REQUIRE(pair.ok());
        put("certificate.pem", pair->certificate, 0644);
        put("key.pem", pair->key, 0600);
    }
    void put(const std::string& name, const std::string& text, mode_t mode) const {
        std::ofstream(path_ / name) << text;
        REQUIRE(::chmod((path_ / name).c_str(), mode) == 0);
    }
    std::string read(const std::string& name) const {
        std::ifstream file(path_ / name);
        return {std::istreambuf_iterator<char>(file), {}};
    }

  private:
    fs::path path_;
};

/// A client over two memory BIOs: what it wants to send is `take`n, what it gets is `feed`ed.
class TlsClient {
  public:
    struct Options {
        int version = TLS1_3_VERSION;
        std::string alpn{};     ///< as on the wire: each name behind its length
        std::string ciphers{};  ///< of TLS 1.2
        SSL_SESSION* session = nullptr;
    };
    explicit TlsClient(const Options& options) : context_(SSL_CTX_new(TLS_client_method())) {
        SSL_CTX_set_security_level(context_.get(), 0);
        SSL_CTX_set_min_proto_version(context_.get(), options.version);
        SSL_CTX_set_max_proto_version(context_.get(), options.version);
        SSL_CTX_set_session_cache_mode(context_.get(), SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL);
        SSL_CTX_sess_set_new_cb(context_.get(), [](SSL* ssl, SSL_SESSION* session) {
            auto* const self = static_cast<TlsClient*>(SSL_get_app_data(ssl));
            SSL_SESSION_free(std::exchange(self->ticket_, session));
            return 1;
        });
        if (!options.ciphers.empty()) REQUIRE(SSL_CTX_set_cipher_list(context_.get(), options.ciphers.c_str()) == 1);
        ssl_.reset(SSL_new(context_.get()));
        SSL_set_app_data(ssl_.get(), this);
        if (!options.alpn.empty())
            SSL_set_alpn_protos(ssl_.get(), reinterpret_cast<const unsigned char*>(options.alpn.data()),
                                static_cast<unsigned>(options.alpn.size()));
        if (options.session) SSL_set_session(ssl_.get(), options.session);
        SSL_set_bio(ssl_.get(), BIO_new(BIO_s_mem()), BIO_new(BIO_s_mem()));
        SSL_set_connect_state(ssl_.get());
        step();
    }
    TlsClient() : TlsClient(Options{}) {}
    ~TlsClient() { SSL_SESSION_free(ticket_); }
    TlsClient(const TlsClient&) = delete;
    TlsClient& operator=(const TlsClient&) = delete;

    SSL* ssl() { return ssl_.get(); }
    bool shaken() { return SSL_is_init_finished(ssl_.get()) == 1; }
    bool failed() const { return failed_; }
    /// Why, in the library's words: an alert's name, mostly.
    const std::string& failure() const { return failure_; }
    bool peer_ended() const { return peer_ended_; }
    /// The session that the last ticket stands for.
    SSL_SESSION* ticket() { return ticket_; }
    /// What has been decrypted so far.
    std::string received{};

    std::string take() {
        char* data = nullptr;
        const long size = BIO_get_mem_data(SSL_get_wbio(ssl_.get()), &data);
        std::string bytes(data, static_cast<std::size_t>(size));
        static_cast<void>(BIO_reset(SSL_get_wbio(ssl_.get())));
        return bytes;
    }
    void feed(std::string_view bytes) {
        if (!bytes.empty()) BIO_write(SSL_get_rbio(ssl_.get()), bytes.data(), static_cast<int>(bytes.size()));
        step();
    }
    void write(std::string_view plain) {
        std::size_t count = 0;
        REQUIRE(SSL_write_ex(ssl_.get(), plain.data(), plain.size(), &count) == 1);
    }
    void finish() { SSL_shutdown(ssl_.get()); }

  private:
    void step() {
        std::array<char, 16384> plain;
        std::size_t count = 0;
        ERR_clear_error();
        int result = 0;
        while ((result = SSL_read_ex(ssl_.get(), plain.data(), plain.size(), &count)) == 1)
            received.append(plain.data(), count);
        const int why = SSL_get_error(ssl_.get(), result);
        if (why == SSL_ERROR_ZERO_RETURN) peer_ended_ = true;
        if (why != SSL_ERROR_SSL) return;
        failed_ = true;
        failure_ = tls::last_failure();
    }

    tls::Owned<SSL_CTX> context_;
    tls::Owned<SSL> ssl_;
    SSL_SESSION* ticket_ = nullptr;
    bool failed_ = false;
    bool peer_ended_ = false;
    std::string failure_;
};

}  // namespace televisit::net::testing
