#include "secrets_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <cstring>
#include <fstream>
#include <iterator>
#include <optional>
#include <sstream>
#include <utility>

namespace televisit::turn {

namespace {

constexpr std::size_t kMostBytes = 64 * 1024;

class File {
  public:
    File(const std::string& path, int flags, mode_t mode) : number_(::open(path.c_str(), flags | O_CLOEXEC, mode)) {}
    ~File() {
        if (number_ >= 0) ::close(number_);
    }
    File(const File&) = delete;
    File& operator=(const File&) = delete;
    int number() const noexcept { return number_; }
    explicit operator bool() const noexcept { return number_ >= 0; }

  private:
    const int number_;
};

Error failed(const std::filesystem::path& path, const char* what) {
    return error(Errc::unavailable, path.string() + ": " + what + ": " + std::strerror(errno));
}

bool write_all(int file, std::string_view text) {
    while (!text.empty()) {
        const auto size = ::write(file, text.data(), text.size());
        if (size < 0) return false;
        text.remove_prefix(static_cast<std::size_t>(size));
    }
    return true;
}

std::optional<std::chrono::sys_seconds> parse_moment(const std::string& text) {
    std::int64_t seconds = 0;
    const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), seconds);
    if (failure != std::errc{} || end != text.data() + text.size()) return std::nullopt;
    return std::chrono::sys_seconds(std::chrono::seconds(seconds));
}

/// Whether the line was understood.
bool take_line(const std::string& line, RotatingSecrets& secrets) {
    std::istringstream words(line);
    std::string kind, secret, until, more;
    words >> kind >> secret >> until >> more;
    if (kind.empty() || kind.front() == '#') return true;
    if (secret.empty() || !more.empty()) return false;
    if (kind == "old") {
        const auto moment = parse_moment(until);
        if (moment) secrets.old.push_back({secret, *moment});
        return moment.has_value();
    }
    if (!until.empty() || (kind != "mint" && kind != "next")) return false;
    auto& place = kind == "mint" ? secrets.mint : secrets.next;
    return std::exchange(place, secret).empty();
}

}  // namespace

std::string written(const RotatingSecrets& secrets) {
    std::string text = "# Secrets of TURN servers, kept by `televisitctl turn rotate`.\n";
    if (!secrets.mint.empty()) text += "mint " + secrets.mint + '\n';
    if (!secrets.next.empty()) text += "next " + secrets.next + '\n';
    for (const auto& old : secrets.old)
        text += "old " + old.secret + ' ' + std::to_string(old.until.time_since_epoch().count()) + '\n';
    return text;
}

Result<RotatingSecrets> parse_secrets(std::string_view text) {
    RotatingSecrets secrets;
    std::istringstream lines{std::string(text)};
    std::string line;
    for (int number = 1; std::getline(lines, line); ++number)
        if (!take_line(line, secrets))
            return error(Errc::malformed, "line " + std::to_string(number) + " is no `mint`, `next` or `old` secret");
    return secrets;
}

Result<RotatingSecrets> SecretsFile::read() const {
    std::ifstream file(path_, std::ios::binary);
    if (!file)
        return std::filesystem::exists(path_) ? Result<RotatingSecrets>(failed(path_, "cannot be read"))
                                              : Result<RotatingSecrets>(RotatingSecrets{});
    std::string text(std::istreambuf_iterator<char>(file), {});
    if (text.size() > kMostBytes) return error(Errc::malformed, path_.string() + " is too large");
    auto secrets = parse_secrets(text);
    if (!secrets) return error(Errc::malformed, path_.string() + ": " + secrets.error().message);
    return secrets;
}

Result<void> SecretsFile::write(const RotatingSecrets& secrets) const {
    const auto draft = path_.string() + ".new";
    {
        const File file(draft, O_WRONLY | O_CREAT | O_TRUNC, 0600);
        if (!file) return failed(draft, "cannot be written");
        struct stat before {};
        if (::stat(path_.c_str(), &before) == 0 && (::fchmod(file.number(), before.st_mode & 0777) != 0 ||
                                                    ::fchown(file.number(), before.st_uid, before.st_gid) != 0))
            return failed(draft, "cannot be given the owner and mode of the file before it");
        if (!write_all(file.number(), written(secrets)) || ::fsync(file.number()) != 0)
            return failed(draft, "cannot be written");
    }
    if (::rename(draft.c_str(), path_.c_str()) != 0) return failed(path_, "cannot be replaced");
    const auto folder = path_.has_parent_path() ? path_.parent_path().string() : std::string(".");
    const File directory(folder, O_RDONLY | O_DIRECTORY, 0);
    if (!directory || ::fsync(directory.number()) != 0) return failed(folder, "cannot be synchronised");
    return {};
}

std::vector<std::int64_t> SecretsFile::stamp() const {
    struct stat now {};
    if (::stat(path_.c_str(), &now) != 0) return {};
    // Two files within one tick of the clock differ in their inodes.
    return {static_cast<std::int64_t>(now.st_ino), now.st_mtim.tv_sec, now.st_mtim.tv_nsec, now.st_size};
}

}  // namespace televisit::turn
