#include "daemon/state_folder.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <optional>

#include "config/text_file.hpp"

namespace televisit::daemon {
namespace {

namespace fs = std::filesystem;

constexpr std::array<const char*, 2> kSecrets{"secret", "jwt_secret"};
constexpr std::size_t kMaxSecretBytes = 4096;

Error failure(const std::string& what, const fs::path& path) {
    const Errc code = errno == EACCES || errno == EPERM || errno == EROFS ? Errc::forbidden : Errc::unavailable;
    return error(code, what + " " + path.string() + ": " + std::strerror(errno));
}

std::string hex(const std::string& bytes) {
    static constexpr char kDigits[] = "0123456789abcdef";
    std::string text;
    for (const char c : bytes) {
        text += kDigits[static_cast<unsigned char>(c) >> 4];
        text += kDigits[static_cast<unsigned char>(c) & 15];
    }
    return text;
}

bool write_all(int fd, const std::string& text) {
    for (std::size_t done = 0; done < text.size();) {
        const ssize_t count = ::write(fd, text.data() + done, text.size() - done);
        if (count < 0 && errno == EINTR) continue;
        if (count <= 0) return false;
        done += static_cast<std::size_t>(count);
    }
    return ::fsync(fd) == 0;
}

// Written whole beside its place, then linked there: whoever links first has made the secret.
Result<void> make_secret(const fs::path& path, Secrets& secrets) {
    struct stat status {};
    if (::stat(path.c_str(), &status) == 0) return {};
    const fs::path fresh = path.string() + ".new-" + std::to_string(::getpid());
    const int fd = ::open(fresh.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0) return failure("cannot write", fresh);
    const bool written = write_all(fd, hex(secrets.random_bytes(32)) + "\n");
    ::close(fd);
    std::optional<Error> fault;
    if (!written)
        fault = failure("cannot write", fresh);
    else if (::link(fresh.c_str(), path.c_str()) != 0 && errno != EEXIST)
        fault = failure("cannot make", path);
    ::unlink(fresh.c_str());
    if (fault) return std::move(*fault);
    return {};
}

}  // namespace

Result<void> prepare_state_folder(const fs::path& folder, Secrets& secrets) {
    std::error_code failed;
    if (folder.has_parent_path()) fs::create_directories(folder.parent_path(), failed);
    if (::mkdir(folder.c_str(), 0700) != 0 && errno != EEXIST)
        return failure("cannot make the folder state_dir names,", folder);
    struct stat status {};
    if (::stat(folder.c_str(), &status) != 0 || !S_ISDIR(status.st_mode)) {
        errno = ENOTDIR;
        return failure("cannot use", folder);
    }
    for (const char* const name : kSecrets)
        if (auto made = make_secret(folder / name, secrets); !made) return made;
    return {};
}

config::Lookup state_lookup(fs::path folder, std::string placeholder) {
    return [folder = std::move(folder),
            placeholder = std::move(placeholder)](std::string_view name) -> std::optional<std::string> {
        bool known = false;
        for (const char* const secret : kSecrets) known = known || name == secret;
        if (!known) return std::nullopt;
        auto file = config::read_text_file(folder / name, kMaxSecretBytes);
        if (!file.problem.empty()) return placeholder.empty() ? std::nullopt : std::optional(placeholder);
        if (file.text.ends_with('\n')) file.text.pop_back();
        return std::move(file.text);
    };
}

}  // namespace televisit::daemon
