#include "sockets/event_log.hpp"

#include <algorithm>
#include <cstring>
#include <utility>

namespace televisit::socketio {

namespace {

constexpr std::size_t kHeadSize = sizeof(std::uint32_t);

std::size_t size_of(std::span<const std::string_view> pieces) noexcept {
    std::size_t size = kHeadSize;
    for (const auto piece : pieces) size += piece.size();
    return size;
}

}  // namespace

char* EventLog::Buffer::extend(std::size_t count) {
    const std::size_t begin = size_;
    if (begin + count > capacity_) {
        const std::size_t capacity = std::max(begin + count, begin + begin / 2);
        auto larger = std::make_unique_for_overwrite<char[]>(capacity);
        if (begin > 0) std::memcpy(larger.get(), data_.get(), begin);
        data_ = std::move(larger);
        capacity_ = static_cast<std::uint32_t>(capacity);
    }
    size_ = static_cast<std::uint32_t>(begin + count);
    return data_.get() + begin;
}

std::string_view EventLog::append(std::span<const std::string_view> packet,
                                  std::span<const std::string_view> attachments, const EventLogLimits& limits) {
    const std::size_t packet_size = size_of(packet);
    std::size_t size = packet_size;
    for (const auto& attachment : attachments) size += size_of({&attachment, 1});
    if (size > limits.bytes) {
        *this = EventLog(newer_.last + 1);
        return {};
    }
    const bool full =
        newer_.bytes.size() + size > limits.tail / 2 || newer_.last - newer_.before >= (limits.events + 1) / 2;
    if (full && !newer_.bytes.empty()) turn();
    if (older_.bytes.size() + newer_.bytes.size() + size > limits.bytes) older_ = Part{older_.last, older_.last};
    const std::size_t begin = newer_.bytes.size();
    char* at = newer_.bytes.extend(size);
    put(at, packet, MessageKind::text);
    for (const auto& attachment : attachments) put(at, {&attachment, 1}, MessageKind::binary);
    ++newer_.last;
    return newer_.bytes.view().substr(begin + kHeadSize, packet_size - kHeadSize);
}

/// The newer part becomes the older one, whose memory is used again.
void EventLog::turn() noexcept {
    std::swap(newer_, older_);
    newer_.bytes.clear();
    newer_.before = newer_.last = older_.last;
}

void EventLog::forget(std::uint64_t number) noexcept {
    if (number >= newer_.last)
        *this = EventLog(newer_.last);
    else if (number >= older_.last)
        older_ = Part{older_.last, older_.last};
}

void EventLog::put(char*& at, std::span<const std::string_view> pieces, MessageKind kind) noexcept {
    char* const head_at = at;
    at += kHeadSize;
    for (const auto piece : pieces) {
        if (!piece.empty()) std::memcpy(at, piece.data(), piece.size());
        at += piece.size();
    }
    const auto size = static_cast<std::uint32_t>(at - head_at - static_cast<std::ptrdiff_t>(kHeadSize));
    const std::uint32_t head = size << 1 | (kind == MessageKind::binary ? 1U : 0U);
    std::memcpy(head_at, &head, kHeadSize);
}

EventLog::Record EventLog::record_at(const Part& part, std::size_t at) noexcept {
    std::uint32_t head = 0;
    std::memcpy(&head, part.bytes.data() + at, kHeadSize);
    const std::size_t size = head >> 1;
    const auto kind = (head & 1) != 0 ? MessageKind::binary : MessageKind::text;
    return {kind, part.bytes.view().substr(at + kHeadSize, size), at + kHeadSize + size};
}

}  // namespace televisit::socketio
