#pragma once
/// A byte queue in one block of memory: what waits to be parsed, or to be written.

#include <cstddef>
#include <memory>
#include <span>
#include <string_view>

namespace televisit::net {

/// Bytes that are appended behind and consumed in front. **Owns**: one block, and none while it is empty, so that an
/// idle connection pays a pointer. Behind the last byte lie `kInputPadding` more that may be read (not relied upon).
/// **Errors**: throws std::bad_alloc. The bound is its user's: nothing here limits growth.
class Buffer {
  public:
    bool empty() const noexcept { return block_ == nullptr; }
    std::size_t size() const noexcept { return block_ ? block_->end - block_->begin : 0; }
    char* data() noexcept { return block_ ? bytes(*block_) + block_->begin : nullptr; }
    std::span<char> span() noexcept { return {data(), size()}; }
    std::string_view view() noexcept { return {data(), size()}; }

    void append(std::string_view bytes);
    /// Space of at least `least` bytes behind the end; `grew` tells how much of it has been filled.
    std::span<char> room(std::size_t least);
    void grew(std::size_t count) noexcept;
    /// Forgets `count` bytes in front; gives the memory back when nothing is left, and most of it when little is.
    void consume(std::size_t count);
    void clear() noexcept { block_.reset(); }

  private:
    struct Block {
        std::size_t begin;
        std::size_t end;
        std::size_t capacity;
    };
    struct Free {
        void operator()(Block* block) const noexcept;
    };
    static char* bytes(Block& block) noexcept { return reinterpret_cast<char*>(&block + 1); }
    static std::unique_ptr<Block, Free> make(std::size_t capacity);
    void move_to(std::size_t capacity);

    std::unique_ptr<Block, Free> block_;
};

}  // namespace televisit::net
