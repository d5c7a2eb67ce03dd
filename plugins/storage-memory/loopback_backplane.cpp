#include "loopback_backplane.hpp"

#include <optional>
#include <string_view>

namespace televisit::storage_memory {
namespace {

void put_text(std::string& out, std::string_view text) {
    for (int shift = 0; shift < 32; shift += 8) out.push_back(static_cast<char>(text.size() >> shift & 0xff));
    out.append(text);
}

std::uint64_t take_number(std::string_view& in, int bytes) {
    std::uint64_t number = 0;
    for (int i = 0; i < bytes; ++i)
        number |= static_cast<std::uint64_t>(static_cast<std::uint8_t>(in[static_cast<std::size_t>(i)])) << (8 * i);
    in.remove_prefix(static_cast<std::size_t>(bytes));
    return number;
}

std::string_view take_text(std::string_view& in) {
    const auto size = static_cast<std::size_t>(take_number(in, 4));
    const auto text = in.substr(0, size);
    in.remove_prefix(size);
    return text;
}

std::string to_bytes(const BackplaneMessage& message) {
    std::string out;
    out.reserve(message.room.str().size() + message.sender.str().size() + message.payload.size() + 24);
    put_text(out, message.room.view());
    put_text(out, message.sender.view());
    for (int shift = 0; shift < 64; shift += 8) out.push_back(static_cast<char>(message.number >> shift & 0xff));
    put_text(out, message.payload);
    return out;
}

BackplaneMessage from_bytes(std::string_view in) {
    BackplaneMessage message;
    message.room = RoomId(std::string(take_text(in)));
    message.sender = NodeId(std::string(take_text(in)));
    message.number = take_number(in, 8);
    message.payload = std::string(take_text(in));
    return message;
}

}  // namespace

void LoopbackBackplane::start() {
    const std::lock_guard lock(mutex_);
    if (running_) return;
    running_ = true;
    thread_ = std::thread([this] { deliver(); });
}

void LoopbackBackplane::stop() {
    {
        const std::lock_guard lock(mutex_);
        running_ = false;
        queue_.clear();
        queued_bytes_ = 0;
    }
    changed_.notify_all();
    if (thread_.joinable()) thread_.join();
}

void LoopbackBackplane::set_listener(BackplaneListener* listener) {
    std::unique_lock lock(mutex_);
    listener_ = listener;
    // The old one must not be called any more; but a listener that takes itself off is on the delivering thread.
    if (std::this_thread::get_id() != thread_.get_id()) changed_.wait(lock, [this] { return !delivering_; });
}

Result<void> LoopbackBackplane::publish(BackplaneMessage message) {
    auto bytes = to_bytes(message);
    {
        const std::lock_guard lock(mutex_);
        if (!running_) return error(Errc::unavailable, "backplane_stopped", "The server is not ready.");
        if (!subscribed_.contains(message.room)) return {};
        if (queue_.size() >= limits_.messages || queued_bytes_ + bytes.size() > limits_.bytes)
            return error(Errc::unavailable, "backplane_full", "The server is too busy.");
        queued_bytes_ += bytes.size();
        queue_.push_back(std::move(bytes));
    }
    changed_.notify_all();
    return {};
}

Result<void> LoopbackBackplane::subscribe(const RoomId& room, const CallContext&) {
    const std::lock_guard lock(mutex_);
    subscribed_.insert(room);
    return {};
}

Result<void> LoopbackBackplane::unsubscribe(const RoomId& room, const CallContext&) {
    const std::lock_guard lock(mutex_);
    subscribed_.erase(room);
    return {};
}

void LoopbackBackplane::deliver() {
    std::unique_lock lock(mutex_);
    for (;;) {
        changed_.wait(lock, [this] { return !running_ || !queue_.empty(); });
        if (!running_) return;
        const auto bytes = std::move(queue_.front());
        queue_.pop_front();
        queued_bytes_ -= bytes.size();
        const auto message = from_bytes(bytes);
        auto* listener = listener_;
        if (!listener || !subscribed_.contains(message.room)) continue;
        delivering_ = true;
        lock.unlock();
        listener->on_message(message);
        lock.lock();
        delivering_ = false;
        changed_.notify_all();
    }
}

}  // namespace televisit::storage_memory
