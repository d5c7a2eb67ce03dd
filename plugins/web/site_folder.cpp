#include "site_folder.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <optional>
#include <utility>
#include <vector>

namespace televisit::web {
namespace {

constexpr std::size_t kMaxParts = 16;

class Descriptor {
  public:
    explicit Descriptor(int number) noexcept : number_(number) {}
    Descriptor(Descriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
    Descriptor& operator=(Descriptor&& other) noexcept {
        std::swap(number_, other.number_);
        return *this;
    }
    Descriptor(const Descriptor&) = delete;
    ~Descriptor() {
        if (number_ >= 0) ::close(number_);
    }
    int number() const noexcept { return number_; }
    bool valid() const noexcept { return number_ >= 0; }

  private:
    int number_;
};

Error nothing_there() {
    return error(Errc::not_found, "There is nothing at this address.");
}

/// The parts of a path, or nothing when one of them may not be served.
std::optional<std::vector<std::string>> parts_of(std::string_view path) {
    if (path.empty() || path.front() != '/') return std::nullopt;
    std::vector<std::string> parts;
    path.remove_prefix(1);
    while (true) {
        const auto slash = path.find('/');
        std::string part(path.substr(0, slash));
        if (slash == std::string_view::npos && part.empty()) part = "index.html";
        // Dot files, "." and ".." alike; a NUL would end the name early.
        if (part.empty() || part.front() == '.' || part.find('\0') != std::string::npos) return std::nullopt;
        parts.push_back(std::move(part));
        if (parts.size() > kMaxParts) return std::nullopt;
        if (slash == std::string_view::npos) return parts;
        path.remove_prefix(slash + 1);
    }
}

std::string joined(const std::vector<std::string>& parts) {
    std::string name;
    for (const auto& part : parts) name += (name.empty() ? "" : "/") + part;
    return name;
}

Descriptor open_below(int folder, const std::vector<std::string>& parts) {
    constexpr int kAlways = O_RDONLY | O_NOFOLLOW | O_CLOEXEC;
    Descriptor here(-1);
    int at = folder;
    for (std::size_t i = 0; i < parts.size(); ++i) {
        const bool last = i + 1 == parts.size();
        // Not blocking: opening a pipe must not wait for its writer.
        here = Descriptor(::openat(at, parts[i].c_str(), kAlways | (last ? O_NONBLOCK : O_DIRECTORY)));
        if (!here.valid()) break;
        at = here.number();
    }
    return here;
}

/// Exactly `size` bytes, or nothing when the file has become shorter.
std::optional<std::string> content_of(int file, std::size_t size) {
    std::string content(size, '\0');
    std::size_t filled = 0;
    while (filled < size) {
        const auto count = ::read(file, content.data() + filled, size - filled);
        if (count < 0 && errno == EINTR) continue;
        if (count <= 0) return std::nullopt;
        filled += static_cast<std::size_t>(count);
    }
    return content;
}

bool same(const timespec& a, const timespec& b) noexcept {
    return a.tv_sec == b.tv_sec && a.tv_nsec == b.tv_nsec;
}

bool same_state(const struct stat& a, const struct stat& b) noexcept {
    return a.st_dev == b.st_dev && a.st_ino == b.st_ino && a.st_size == b.st_size && same(a.st_mtim, b.st_mtim) &&
           same(a.st_ctim, b.st_ctim);
}

}  // namespace

Result<std::unique_ptr<SiteFolder>> SiteFolder::open(const std::string& folder, Limits limits, Digest digest) {
    const int descriptor = ::open(folder.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (descriptor < 0) return error(Errc::invalid, "the folder " + folder + " cannot be opened");
    return std::unique_ptr<SiteFolder>(new SiteFolder(descriptor, limits, std::move(digest)));
}

SiteFolder::SiteFolder(int descriptor, Limits limits, Digest digest)
    : folder_(descriptor), limits_(limits), digest_(std::move(digest)) {}

SiteFolder::~SiteFolder() {
    ::close(folder_);
}

Result<std::shared_ptr<const SiteFile>> SiteFolder::read(std::string_view url_path) {
    const auto parts = parts_of(url_path);
    if (!parts) return nothing_there();
    const auto file = open_below(folder_, *parts);
    struct stat before {};
    if (!file.valid() || ::fstat(file.number(), &before) != 0 || !S_ISREG(before.st_mode)) return nothing_there();
    const auto size = static_cast<std::size_t>(before.st_size);
    if (size > limits_.max_file) return nothing_there();

    auto name = joined(*parts);
    if (auto known = cached(name, before)) return known;
    auto content = content_of(file.number(), size);
    struct stat after {};
    if (!content || ::fstat(file.number(), &after) != 0 || !same_state(before, after))
        return error(Errc::unavailable, "The page is being replaced. Please try again.");
    auto digest = digest_(*content);
    auto fresh = std::make_shared<const SiteFile>(SiteFile{std::move(name), std::move(digest), std::move(*content)});
    keep(fresh, before);
    return fresh;
}

std::shared_ptr<const SiteFile> SiteFolder::cached(const std::string& name, const struct stat& state) {
    const std::lock_guard lock(mutex_);
    const auto found = entries_.find(name);
    if (found == entries_.end() || !same_state(found->second.state, state)) return nullptr;
    turns_.splice(turns_.begin(), turns_, found->second.turn);
    return found->second.file;
}

void SiteFolder::keep(const std::shared_ptr<const SiteFile>& file, const struct stat& state) {
    if (file->content.size() > limits_.cache) return;
    const std::lock_guard lock(mutex_);
    if (const auto old = entries_.find(file->name); old != entries_.end()) {
        turns_.splice(turns_.end(), turns_, old->second.turn);
        forget_oldest();
    }
    while (cached_bytes_ + file->content.size() > limits_.cache) forget_oldest();
    turns_.push_front(file->name);
    entries_.emplace(file->name, Entry{state, file, turns_.begin()});
    cached_bytes_ += file->content.size();
}

void SiteFolder::forget_oldest() {
    const auto oldest = entries_.find(turns_.back());
    cached_bytes_ -= oldest->second.file->content.size();
    entries_.erase(oldest);
    turns_.pop_back();
}

}  // namespace televisit::web
