#include "config/text_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

namespace televisit::config {

namespace {

/// Closes a descriptor at the end of its scope.
class Descriptor {
  public:
    explicit Descriptor(int fd) noexcept : fd_(fd) {}
    ~Descriptor() {
        if (fd_ >= 0) ::close(fd_);
    }
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;
    int get() const noexcept { return fd_; }

  private:
    int fd_;
};

FileText failed(int code) {
    if (code == ENOENT) return {{}, "does not exist"};
    return {{}, "cannot be read: " + std::generic_category().message(code)};
}

FileText too_large(std::size_t limit) {
    return {{}, "is larger than " + std::to_string(limit / 1024) + " KiB"};
}

/// The length of the well-formed UTF-8 sequence at the start of `text`, 0 if there is none (RFC 3629, section 4).
std::size_t sequence_length(std::string_view text) noexcept {
    const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
    const auto follows = [&](std::size_t i, unsigned low = 0x80U, unsigned high = 0xBFU) {
        return i < text.size() && byte(i) >= low && byte(i) <= high;
    };
    const unsigned first = byte(0);
    if (first < 0x80U) return 1;
    if (first >= 0xC2U && first <= 0xDFU) return follows(1) ? 2 : 0;
    if (first >= 0xE0U && first <= 0xEFU) {
        const unsigned low = first == 0xE0U ? 0xA0U : 0x80U;
        const unsigned high = first == 0xEDU ? 0x9FU : 0xBFU;
        return follows(1, low, high) && follows(2) ? 3 : 0;
    }
    if (first >= 0xF0U && first <= 0xF4U) {
        const unsigned low = first == 0xF0U ? 0x90U : 0x80U;
        const unsigned high = first == 0xF4U ? 0x8FU : 0xBFU;
        return follows(1, low, high) && follows(2) && follows(3) ? 4 : 0;
    }
    return 0;
}

}  // namespace

FileText read_text_file(const std::filesystem::path& path, std::size_t limit) {
    // O_NONBLOCK: opening a fifo that nobody writes to would wait for ever.
    const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
    if (file.get() < 0) return failed(errno);
    struct stat status {};
    if (::fstat(file.get(), &status) != 0) return failed(errno);
    if (S_ISDIR(status.st_mode)) return {{}, "is a directory"};
    if (!S_ISREG(status.st_mode)) return {{}, "is not a regular file"};

    FileText result;
    result.text.resize(limit + 1);
    std::size_t filled = 0;
    while (filled <= limit) {
        const auto got = ::read(file.get(), result.text.data() + filled, result.text.size() - filled);
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return failed(errno);
        if (got == 0) break;
        filled += static_cast<std::size_t>(got);
    }
    if (filled > limit) return too_large(limit);
    result.text.resize(filled);
    result.text.shrink_to_fit();
    return result;
}

std::optional<std::size_t> first_bad_byte(std::string_view text) noexcept {
    std::size_t offset = 0;
    while (offset < text.size()) {
        const auto byte = static_cast<unsigned char>(text[offset]);
        if ((byte < 0x20U && byte != '\t' && byte != '\n' && byte != '\r') || byte == 0x7FU) return offset;
        const auto length = sequence_length(text.substr(offset));
        if (length == 0) return offset;
        offset += length;
    }
    return std::nullopt;
}

}  // namespace televisit::config
