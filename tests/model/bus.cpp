#include "bus.hpp"

#include <utility>

namespace televisit::model {

Bus::Link& Bus::add() {
    return *links_.emplace_back(std::make_unique<Link>(*this));
}

void Bus::put(Link& link, const BackplaneMessage& message) {
    if (to_lose_ > 0) {
        --to_lose_;
        return;
    }
    if (flaw == BusFlaw::reordering && !link.inbox_.empty())
        link.inbox_.push_front(message);
    else
        link.inbox_.push_back(message);
    if (to_repeat_ > 0) {
        --to_repeat_;
        link.inbox_.push_back(message);
    }
    if (flaw == BusFlaw::undetected_repeats) {
        link.inbox_.push_back(message);
        link.inbox_.back().number += std::uint64_t{1} << 20;
    }
}

bool Bus::deliver_all() {
    bool any = false;
    for (bool more = true; more;) {
        more = false;
        for (const auto& link : links_) more |= link->deliver_one();
        any |= more;
    }
    return any;
}

Result<void> Bus::Link::publish(BackplaneMessage message) {
    if (!up_ || cut_) return error(Errc::unavailable, "The link is down.");
    if (bus_.flaw == BusFlaw::silent) return {};
    for (const auto& link : bus_.links_)
        if (link->up_ && !link->cut_ && link->rooms_.contains(message.room)) bus_.put(*link, message);
    return {};
}

Result<void> Bus::Link::subscribe(const RoomId& room, const CallContext&) {
    if (!up_ || cut_) return error(Errc::unavailable, "The link is down.");
    rooms_.insert(room);
    return {};
}

Result<void> Bus::Link::unsubscribe(const RoomId& room, const CallContext&) {
    rooms_.erase(room);
    return {};
}

void Bus::Link::set_up(bool up) {
    if (up_ == up || cut_) return;
    up_ = up;
    if (!up) inbox_.clear();
    if (listener_ && bus_.flaw != BusFlaw::deaf_to_link) listener_->on_link(up);
}

void Bus::Link::cut() {
    cut_ = true;
    listener_ = nullptr;
    inbox_.clear();
    rooms_.clear();
}

bool Bus::Link::deliver_one() {
    if (inbox_.empty()) return false;
    const auto message = std::move(inbox_.front());
    inbox_.pop_front();
    if (listener_) listener_->on_message(message);
    return true;
}

}  // namespace televisit::model
