#pragma once
/// The places that a connection takes among those allowed. Each is given back when its object goes.

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <utility>

#include "net/address.hpp"
#include "televisit/sdk/http.hpp"

namespace televisit::net {

class ServerCore;

/// Connections by client address. **Threads**: any. Held by its slots too, so it may go before them.
class AddressCounts : public std::enable_shared_from_this<AddressCounts> {
  public:
    /// A connection of one address.
    class Slot {
      public:
        Slot(std::shared_ptr<AddressCounts> counts, const IpAddress& address)
            : counts_(std::move(counts)), address_(address) {}
        ~Slot() { counts_->leave(address_); }
        Slot(const Slot&) = delete;
        Slot& operator=(const Slot&) = delete;

      private:
        std::shared_ptr<AddressCounts> counts_;
        IpAddress address_;
    };
    /// Null when `most` connections of that address are open.
    std::unique_ptr<Slot> enter(const IpAddress& address, std::size_t most);

  private:
    void leave(const IpAddress& address) noexcept;

    std::mutex mutex_;
    std::map<IpAddress, std::size_t> counts_;  // guarded by mutex_; never longer than there are connections
};

/// A connection's place on its listener, for as long as it lives.
class Admission {
  public:
    Admission() = default;
    Admission(ServerCore& core, ListenerKind listener) : core_(&core), listener_(listener) {}
    ~Admission();
    Admission(Admission&& other) noexcept
        : core_(std::exchange(other.core_, nullptr)), address_(std::move(other.address_)), listener_(other.listener_) {}
    Admission& operator=(Admission&&) = delete;

    ListenerKind listener() const noexcept { return listener_; }
    void hold(std::unique_ptr<AddressCounts::Slot> slot) noexcept { address_ = std::move(slot); }

  private:
    ServerCore* core_ = nullptr;
    std::unique_ptr<AddressCounts::Slot> address_;  // null where addresses are not limited
    ListenerKind listener_ = ListenerKind::public_listener;
};

/// A place among the connections that have not sent their first request whole.
class HandshakeSlot {
  public:
    HandshakeSlot() = default;
    explicit HandshakeSlot(ServerCore& core) : core_(&core) {}
    ~HandshakeSlot() { leave(); }
    HandshakeSlot(HandshakeSlot&& other) noexcept : core_(std::exchange(other.core_, nullptr)) {}
    HandshakeSlot& operator=(HandshakeSlot&&) = delete;
    void leave() noexcept;

  private:
    ServerCore* core_ = nullptr;
};

}  // namespace televisit::net
