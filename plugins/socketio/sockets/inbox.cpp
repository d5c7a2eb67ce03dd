#include "sockets/inbox.hpp"

#include <algorithm>
#include <cstring>
#include <utility>

#include "sockets/socket_loop.hpp"

namespace televisit::socketio {

namespace {

/// Above it a batch gives its memory back: it was an unusual one.
constexpr std::size_t kKept = 256 << 10;

}  // namespace

template <class Value>
void InboxBatch::put(const Value& value) {
    bytes_.append(reinterpret_cast<const char*>(&value), sizeof value);
}

template <class Value>
Value InboxBatch::get() {
    Value value;
    std::memcpy(&value, bytes_.data() + read_, sizeof value);
    read_ += sizeof value;
    return value;
}

std::string_view InboxBatch::get_text(std::size_t size) {
    const std::string_view text = std::string_view(bytes_).substr(read_, size);
    read_ += size;
    return text;
}

/// A head, the keys, the sizes of the attachments, then all texts.
void InboxBatch::add(Kind kind, std::span<const SocketKey> to, LoopId loop, const Emission& emission) {
    Head head{kind, 0, 0, 0, 0};
    for (const SocketKey key : to) head.keys += loop_of(key) == loop ? 1 : 0;
    if (kind == Kind::event) {
        head.event = static_cast<std::uint32_t>(emission.event.size());
        for (const auto piece : emission.args) head.args += static_cast<std::uint32_t>(piece.size());
        head.attachments = static_cast<std::uint32_t>(emission.attachments.size());
    }
    put(head);
    for (const SocketKey key : to)
        if (loop_of(key) == loop) put(key);
    if (kind == Kind::lost) return;
    for (const auto attachment : emission.attachments) put(static_cast<std::uint32_t>(attachment.size()));
    bytes_ += emission.event;
    for (const auto piece : emission.args) bytes_ += piece;
    for (const auto attachment : emission.attachments) bytes_ += attachment;
}

void InboxBatch::add(Task task) {
    put(Head{Kind::task, 0, 0, 0, 0});
    tasks_.push_back(std::move(task));
}

void InboxBatch::clear() {
    read_ = next_task_ = 0;
    tasks_.clear();
    bytes_.clear();
    if (bytes_.capacity() > kKept) bytes_.shrink_to_fit();
}

void InboxBatch::step(SocketLoop& loop) {
    const auto head = get<Head>();
    if (head.kind == Kind::task) {
        const Task task = std::move(tasks_[next_task_++]);
        return task(loop);
    }
    keys_.clear();
    for (std::uint32_t i = 0; i < head.keys; ++i) keys_.push_back(get<SocketKey>());
    if (head.kind == Kind::lost) {
        for (const SocketKey key : keys_) {
            loop.figures().handover_overflows.add();
            loop.disconnect(key, DisconnectMode::engine);
        }
        return;
    }
    attachments_.clear();
    std::size_t sizes = read_;
    read_ += head.attachments * sizeof(std::uint32_t);
    const std::string_view event = get_text(head.event);
    const std::string_view args = get_text(head.args);
    for (std::uint32_t i = 0; i < head.attachments; ++i, sizes += sizeof(std::uint32_t)) {
        std::uint32_t size = 0;
        std::memcpy(&size, bytes_.data() + sizes, sizeof size);
        attachments_.push_back(get_text(size));
    }
    Emission emission{.event = event, .args = {}, .attachments = attachments_};
    if (!args.empty()) emission.args = {&args, 1};
    for (const SocketKey key : keys_)
        if (Socket* const socket = loop.find(key)) socket->emit(emission);
}

Inbox::Outcome Inbox::add(std::span<const SocketKey> to, const Emission& emission) {
    const std::lock_guard lock(mutex_);
    if (closed_) return {Added::announced, EmitResult::gone};
    const bool full = waiting_.bytes_.size() >= limit_;
    waiting_.add(full ? InboxBatch::Kind::lost : InboxBatch::Kind::event, to, loop_, emission);
    return {added(), full ? EmitResult::dropped : EmitResult::queued};
}

Inbox::Added Inbox::add(InboxBatch::Task task) {
    const std::lock_guard lock(mutex_);
    if (closed_) return Added::announced;
    waiting_.add(std::move(task));
    return added();
}

bool Inbox::announce() {
    const std::lock_guard lock(mutex_);
    if (announced_ || waiting_.at_end()) return false;
    announced_ = true;
    return true;
}

bool Inbox::take(InboxBatch& batch) {
    batch.clear();
    const std::lock_guard lock(mutex_);
    announced_ = false;
    if (waiting_.at_end()) return false;
    std::swap(batch, waiting_);
    return true;
}

void Inbox::close() {
    InboxBatch dropped;  // destroyed when the lock is open again, for tasks may hold anything
    const std::lock_guard lock(mutex_);
    closed_ = true;
    std::swap(dropped, waiting_);
}

}  // namespace televisit::socketio
