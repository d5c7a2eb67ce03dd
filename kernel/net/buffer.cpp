#include "net/buffer.hpp"

#include <algorithm>
#include <cassert>
#include <cstdlib>
#include <cstring>
#include <new>

#include "televisit/sdk/channel.hpp"

namespace televisit::net {
namespace {
constexpr std::size_t kSmallest = 240;
constexpr std::size_t kWorthShrinking = 16 * 1024;
}  // namespace

void Buffer::Free::operator()(Block* block) const noexcept {
    std::free(block);
}

std::unique_ptr<Buffer::Block, Buffer::Free> Buffer::make(std::size_t capacity) {
    void* memory = std::malloc(sizeof(Block) + capacity + kInputPadding);
    if (!memory) throw std::bad_alloc();
    return std::unique_ptr<Block, Free>(new (memory) Block{0, 0, capacity});
}

void Buffer::move_to(std::size_t capacity) {
    auto next = make(capacity);
    next->end = size();
    if (block_) std::memcpy(bytes(*next), data(), next->end);
    block_ = std::move(next);
}

void Buffer::append(std::string_view more) {
    if (more.empty()) return;
    std::memcpy(room(more.size()).data(), more.data(), more.size());
    grew(more.size());
}

std::span<char> Buffer::room(std::size_t least) {
    if (!block_) {
        block_ = make(std::max(least, kSmallest));
    } else if (block_->capacity - block_->end < least) {
        const std::size_t held = size();
        if (held + least <= block_->capacity && held <= block_->begin) {
            std::memcpy(bytes(*block_), data(), held);
            block_->begin = 0;
            block_->end = held;
        } else {
            move_to(std::max(held + least, held * 2));
        }
    }
    return {bytes(*block_) + block_->end, block_->capacity - block_->end};
}

void Buffer::grew(std::size_t count) noexcept {
    assert(block_ && block_->capacity - block_->end >= count);
    block_->end += count;
    if (size() == 0) block_.reset();
}

void Buffer::consume(std::size_t count) {
    if (count == 0) return;
    assert(count <= size());
    block_->begin += count;
    const std::size_t held = size();
    if (held == 0) {
        block_.reset();
    } else if (block_->capacity >= kWorthShrinking && held < block_->capacity / 8) {
        move_to(held * 2);
    }
}

}  // namespace televisit::net
