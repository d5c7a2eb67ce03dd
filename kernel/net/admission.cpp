#include "net/admission.hpp"

#include "net/server_core.hpp"

namespace televisit::net {

std::unique_ptr<AddressCounts::Slot> AddressCounts::enter(const IpAddress& address, std::size_t most) {
    {
        const std::lock_guard lock(mutex_);
        std::size_t& count = counts_[address];
        if (count >= most) return nullptr;
        ++count;
    }
    return std::make_unique<Slot>(shared_from_this(), address);
}

void AddressCounts::leave(const IpAddress& address) noexcept {
    const std::lock_guard lock(mutex_);
    const auto at = counts_.find(address);
    if (at != counts_.end() && --at->second == 0) counts_.erase(at);
}

Admission::~Admission() {
    if (core_) core_->left(listener_);
}

void HandshakeSlot::leave() noexcept {
    if (core_) core_->handshake_over();
    core_ = nullptr;
}

}  // namespace televisit::net
