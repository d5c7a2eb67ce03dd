// `tls self-signed`: a certificate to try TLS with.

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <filesystem>
#include <system_error>
#include <vector>

#include "command.hpp"
#include "net/tls/self_signed.hpp"

namespace televisit::ctl {

namespace {

namespace fs = std::filesystem;

constexpr long kLongestLife = 825;  // some systems take no certificate that is valid for longer
constexpr std::array kThisMachine{"localhost", "127.0.0.1", "::1"};

constexpr std::array kOptions{
    Option{"host", "NAMES", "host names and IP addresses besides localhost, with commas"},
    Option{"days", "N", "how long it is valid, at most 825 (default: 90)"},
    Option{"out", "DIR", "folder for certificate.pem and key.pem (default: tls)"},
};

std::vector<std::string> hosts_of(std::string_view names) {
    std::vector<std::string> hosts;
    const auto add = [&](std::string_view host) {
        if (std::ranges::find(hosts, host) == hosts.end()) hosts.emplace_back(host);
    };
    while (!names.empty()) {
        const auto comma = names.find(',');
        add(names.substr(0, comma));
        names = comma == std::string_view::npos ? std::string_view() : names.substr(comma + 1);
    }
    for (const char* host : kThisMachine) add(host);
    return hosts;
}

/// A new file; nothing that is there is written over.
Result<void> write_new(const fs::path& path, const std::string& text, mode_t mode) {
    const int fd = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
    if (fd < 0)
        return error(Errc::conflict, "cannot make " + path.string() + ": " + std::generic_category().message(errno));
    const ssize_t written = ::write(fd, text.data(), text.size());
    const bool whole = ::close(fd) == 0 && written == static_cast<ssize_t>(text.size());
    if (whole) return {};
    ::unlink(path.c_str());
    return error(Errc::unavailable, "cannot write " + path.string());
}

Result<void> write_pair(const fs::path& certificate, const fs::path& key, const net::tls::SelfSigned& pair) {
    if (auto written = write_new(key, pair.key, 0600); !written) return written;
    auto written = write_new(certificate, pair.certificate, 0644);
    if (!written) ::unlink(key.c_str());
    return written;
}

int self_signed(const Arguments& arguments, const Streams& streams) {
    const auto failed = [&](std::string_view message, int status) {
        streams.error << "televisitctl tls self-signed: " << message << '\n';
        return status;
    };
    const auto days = whole_number(arguments.get("days", "90"), 1, kLongestLife);
    if (!days) return failed("--days must be between 1 and 825", kBadUsage);
    const auto now = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
    // Clocks of others may be behind.
    const auto pair = net::tls::self_signed(*net::tls::make_key(), hosts_of(arguments.get("host", "")),
                                            now - std::chrono::minutes(5), now + std::chrono::days(*days));
    if (!pair) return failed(pair.error().message, pair.error().code == Errc::invalid ? kBadUsage : kFailed);

    std::error_code fault;
    const fs::path folder = fs::absolute(arguments.get("out", "tls"));
    fs::create_directories(folder, fault);
    if (fault) return failed("cannot make " + folder.string() + ": " + fault.message(), kFailed);
    const fs::path certificate = folder / "certificate.pem", key = folder / "key.pem";
    if (const auto written = write_pair(certificate, key, *pair); !written)
        return failed(written.error().message, kFailed);
    streams.out << "TELEVISIT_TLS_CERTIFICATE=" << certificate.string() << '\n'
                << "TELEVISIT_TLS_KEY=" << key.string() << '\n';
    streams.error
        << "Put these two lines into the server's environment. Browsers warn of a certificate that signs itself:\n"
           "it is for trying, not for patients.\n";
    return kDone;
}

}  // namespace

constexpr Command kTlsSelfSigned{
    "tls self-signed", "", 0, "Makes a certificate that signs itself, to try TLS with", kOptions, self_signed};

}  // namespace televisit::ctl
