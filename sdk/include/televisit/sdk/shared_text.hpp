#pragma once
/// Text that never changes, and that its copies share.

#include <atomic>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <limits>
#include <new>
#include <stdexcept>
#include <string_view>
#include <utility>

namespace televisit {

/// A pointer in size; copying one counts, and allocates nothing. **Threads**: different objects may be used by
/// different threads, also when they share their text.
class SharedText {
  public:
    SharedText() = default;
    /// **Errors**: throws `std::length_error` above 4 GiB, `std::bad_alloc`.
    explicit SharedText(std::string_view text) : block_(text.empty() ? nullptr : make(text)) {}
    SharedText(const SharedText& other) noexcept : block_(other.block_) {
        if (block_) block_->owners.fetch_add(1, std::memory_order_relaxed);
    }
    SharedText(SharedText&& other) noexcept : block_(std::exchange(other.block_, nullptr)) {}
    SharedText& operator=(SharedText other) noexcept {
        std::swap(block_, other.block_);
        return *this;
    }
    ~SharedText() {
        if (block_ && block_->owners.fetch_sub(1, std::memory_order_acq_rel) == 1) ::operator delete(block_);
    }

    /// Valid as long as any object shares the text.
    std::string_view view() const noexcept {
        return block_ ? std::string_view(reinterpret_cast<const char*>(block_ + 1), block_->size) : std::string_view{};
    }
    bool empty() const noexcept { return !block_; }

    friend bool operator==(const SharedText& a, const SharedText& b) noexcept {
        return a.block_ == b.block_ || a.view() == b.view();
    }
    friend std::strong_ordering operator<=>(const SharedText& a, const SharedText& b) noexcept {
        return a.view() <=> b.view();
    }

  private:
    /// The characters lie behind it.
    struct Block {
        std::atomic<std::uint32_t> owners{1};
        std::uint32_t size;
    };

    static Block* make(std::string_view text) {
        if (text.size() > std::numeric_limits<std::uint32_t>::max()) throw std::length_error("text too long to share");
        void* const memory = ::operator new(sizeof(Block) + text.size());
        auto* const block = ::new (memory) Block{.size = static_cast<std::uint32_t>(text.size())};
        std::memcpy(static_cast<char*>(memory) + sizeof(Block), text.data(), text.size());
        return block;
    }

    Block* block_ = nullptr;
};

}  // namespace televisit
