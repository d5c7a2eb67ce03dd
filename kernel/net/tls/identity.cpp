#include "net/tls/identity.hpp"

#include <fcntl.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <ctime>
#include <system_error>

namespace televisit::net::tls {
namespace {

constexpr std::size_t kLargestFile = 1024 * 1024;

Error fault(const char* reason, std::string what) {
    return error(Errc::invalid, reason, std::move(what));
}

/// The bytes of a file, wiped when they go: they may be those of a key.
struct Content {
    std::string bytes;
    mode_t mode = 0;
    Content() = default;
    Content(Content&&) = default;
    Content& operator=(Content&&) = default;
    ~Content() { OPENSSL_cleanse(bytes.data(), bytes.size()); }
};

Result<Content> read_file(const std::filesystem::path& path, const char* reason) {
    const auto failed = [reason] {
        if (errno == ENOENT || errno == ENOTDIR) return fault(reason, "does not exist");
        return fault(reason, "cannot be read: " + std::generic_category().message(errno));
    };
    // A pipe without a writer would hold the server otherwise.
    const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0) return failed();
    struct stat status {};
    Content content;
    Result<void> done;
    if (::fstat(fd, &status) != 0) {
        done = failed();
    } else if (!S_ISREG(status.st_mode)) {
        done = fault(reason, "is not a file");
    } else if (static_cast<std::size_t>(status.st_size) > kLargestFile) {
        done = fault(reason, "is larger than 1 MiB");
    } else {
        content.mode = status.st_mode;
        content.bytes.resize(static_cast<std::size_t>(status.st_size));
        const ssize_t count = ::read(fd, content.bytes.data(), content.bytes.size());
        if (count < 0) done = failed();
        if (count >= 0) content.bytes.resize(static_cast<std::size_t>(count));
    }
    ::close(fd);
    if (!done) return std::move(done).error();
    return content;
}

Owned<BIO> over(const std::string& bytes) {
    return Owned<BIO>(BIO_new_mem_buf(bytes.data(), static_cast<int>(bytes.size())));
}

// Without it OpenSSL would ask on the terminal.
int no_passphrase(char*, int, int, void* asked) {
    *static_cast<bool*>(asked) = true;
    return -1;
}

Instant instant_of(const ASN1_TIME* time) {
    std::tm parts{};
    if (ASN1_TIME_to_tm(time, &parts) != 1) return {};
    return from_micros(std::int64_t{::timegm(&parts)} * 1'000'000);
}

Result<std::vector<Owned<X509>>> read_certificates(const std::filesystem::path& path) {
    const auto content = read_file(path, kCertificateFault);
    if (!content) return content.error();
    const Owned<BIO> source = over(content->bytes);
    std::vector<Owned<X509>> certificates;
    ERR_clear_error();
    while (X509* const next = PEM_read_bio_X509(source.get(), nullptr, nullptr, nullptr))
        certificates.emplace_back(next);
    const unsigned long last = ERR_peek_last_error();
    const bool at_end = ERR_GET_LIB(last) == ERR_LIB_PEM && ERR_GET_REASON(last) == PEM_R_NO_START_LINE;
    ERR_clear_error();
    if (!at_end) return fault(kCertificateFault, "holds a certificate that cannot be read");
    if (certificates.empty()) return fault(kCertificateFault, "holds no certificate in PEM form");
    return certificates;
}

Result<Owned<EVP_PKEY>> read_key(const std::filesystem::path& path) {
    const auto content = read_file(path, kKeyFault);
    if (!content) return content.error();
    if (const auto loose = content->mode & (S_IRWXO | S_IWGRP)) {
        std::array<char, 8> mode{};
        std::snprintf(mode.data(), mode.size(), "%04o", content->mode & 07777u);
        return fault(kKeyFault, std::string(loose & S_IROTH ? "may be read by everybody" : "may be changed by others") +
                                    " (mode " + mode.data() + "): allow no more than 0640");
    }
    const Owned<BIO> source = over(content->bytes);
    bool asked = false;
    ERR_clear_error();
    Owned<EVP_PKEY> key(PEM_read_bio_PrivateKey(source.get(), nullptr, no_passphrase, &asked));
    ERR_clear_error();
    if (asked) return fault(kKeyFault, "is protected by a passphrase, which cannot be given here");
    if (!key) return fault(kKeyFault, "holds no private key in PEM form");
    return key;
}

void add(std::vector<std::int64_t>& parts, const std::filesystem::path& path) {
    struct stat status {};
    if (::stat(path.c_str(), &status) != 0) return parts.push_back(-1);
    // The time of the last change of status too: a change of permissions counts.
    for (const auto& time : {status.st_mtim, status.st_ctim}) {
        parts.push_back(time.tv_sec);
        parts.push_back(time.tv_nsec);
    }
    parts.push_back(static_cast<std::int64_t>(status.st_dev));
    parts.push_back(static_cast<std::int64_t>(status.st_ino));
    parts.push_back(status.st_size);
}

}  // namespace

Stamp stamp_of(const Files& files) {
    Stamp stamp;
    add(stamp.parts, files.certificate);
    add(stamp.parts, files.key);
    return stamp;
}

Result<Identity> read_identity(const Files& files) {
    auto certificates = read_certificates(files.certificate);
    if (!certificates) return std::move(certificates).error();
    auto key = read_key(files.key);
    if (!key) return std::move(key).error();
    Identity identity;
    identity.certificate = std::move(certificates->front());
    certificates->erase(certificates->begin());
    identity.chain = *std::move(certificates);
    identity.key = *std::move(key);
    identity.not_after = instant_of(X509_get0_notAfter(identity.certificate.get()));
    const bool fits = X509_check_private_key(identity.certificate.get(), identity.key.get()) == 1;
    ERR_clear_error();
    if (!fits) return fault(kKeyFault, "is not the key of the certificate");
    return identity;
}

}  // namespace televisit::net::tls
