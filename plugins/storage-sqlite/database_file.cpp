#include "database_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>

namespace televisit::storage_sqlite {
namespace {

constexpr mode_t kOwnerAlone = 0600;
constexpr mode_t kOfOthers = 0077;

Error fault(const std::string& what, const std::string& path) {
    return error(Errc::unavailable, what + " " + path + ": " + std::strerror(errno));
}

/// So that the name of a new file survives a power cut.
void sync_folder(const std::filesystem::path& folder) {
    const int fd = ::open(folder.empty() ? "." : folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0) return;
    ::fsync(fd);
    ::close(fd);
}

}  // namespace

Result<bool> prepare_file(const std::string& file) {
    // A file that is there is never opened here: to close it again would give up the locks that SQLite holds on it for
    // another instance in this process.
    const int fd = ::open(file.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, kOwnerAlone);
    if (fd >= 0) {
        ::close(fd);
        sync_folder(std::filesystem::path(file).parent_path());
    } else if (errno != EEXIST) {
        return fault("cannot make", file);
    }
    struct stat status {};
    if (::stat(file.c_str(), &status) != 0) return fault("cannot use", file);
    if (!S_ISREG(status.st_mode)) {
        errno = S_ISDIR(status.st_mode) ? EISDIR : EINVAL;
        return fault("cannot use", file);
    }
    return (status.st_mode & kOfOthers) != 0;
}

}  // namespace televisit::storage_sqlite
