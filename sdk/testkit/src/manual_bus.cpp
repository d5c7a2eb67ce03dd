#include "televisit/testkit/manual_bus.hpp"

namespace televisit::testkit {

ManualBus::Node& ManualBus::node() {
    const std::lock_guard lock(mutex_);
    return *nodes_.emplace_back(std::make_unique<Node>(*this));
}

void ManualBus::lose(std::size_t count) {
    const std::lock_guard lock(mutex_);
    to_lose_ = count;
}

bool ManualBus::deliver_one(Node& node) {
    BackplaneMessage message;
    BackplaneListener* listener = nullptr;
    {
        const std::lock_guard lock(mutex_);
        if (node.inbox_.empty()) return false;
        message = std::move(node.inbox_.front());
        node.inbox_.pop_front();
        listener = node.listener_;
    }
    if (listener) listener->on_message(message);
    return true;
}

std::size_t ManualBus::deliver() {
    std::size_t delivered = 0;
    for (bool more = true; more;) {
        more = false;
        for (std::size_t i = 0;; ++i) {
            Node* node = nullptr;
            {
                const std::lock_guard lock(mutex_);
                if (i >= nodes_.size()) break;
                node = nodes_[i].get();
            }
            if (!deliver_one(*node)) continue;
            ++delivered;
            more = true;
        }
    }
    return delivered;
}

void ManualBus::Node::set_listener(BackplaneListener* listener) {
    const std::lock_guard lock(bus_.mutex_);
    listener_ = listener;
}

Result<void> ManualBus::Node::publish(BackplaneMessage message) {
    const std::lock_guard lock(bus_.mutex_);
    if (!up_) return error(Errc::unavailable, "The link is down.");
    for (const auto& node : bus_.nodes_) {
        if (!node->up_ || !node->rooms_.contains(message.room)) continue;
        if (bus_.to_lose_ > 0)
            --bus_.to_lose_;
        else
            node->inbox_.push_back(message);
    }
    return {};
}

Result<void> ManualBus::Node::subscribe(const RoomId& room, const CallContext&) {
    const std::lock_guard lock(bus_.mutex_);
    if (!up_) return error(Errc::unavailable, "The link is down.");
    rooms_.insert(room);
    return {};
}

Result<void> ManualBus::Node::unsubscribe(const RoomId& room, const CallContext&) {
    const std::lock_guard lock(bus_.mutex_);
    rooms_.erase(room);
    return {};
}

void ManualBus::Node::set_link(bool up) {
    BackplaneListener* listener = nullptr;
    {
        const std::lock_guard lock(bus_.mutex_);
        up_ = up;
        if (!up) inbox_.clear();
        listener = listener_;
    }
    if (listener) listener->on_link(up);
}

std::size_t ManualBus::Node::subscriptions() const {
    const std::lock_guard lock(bus_.mutex_);
    return rooms_.size();
}

}  // namespace televisit::testkit
