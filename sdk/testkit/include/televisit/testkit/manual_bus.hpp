#pragma once
/// A backplane between several nodes of one process, which delivers when the test says so.
///
///     ManualBus bus;
///     auto& a = bus.node();   // give it to one server
///     auto& b = bus.node();   // and to another
///     …
///     bus.deliver();
///
/// Messages cross as bytes. **Threads**: publishing from any; delivery on the thread that calls `deliver`.

#include <deque>
#include <memory>
#include <mutex>
#include <set>
#include <string>

#include "televisit/sdk/backplane.hpp"

namespace televisit::testkit {

class ManualBus {
  public:
    class Node final : public Backplane {
      public:
        explicit Node(ManualBus& bus) : bus_(bus) {}
        void set_listener(BackplaneListener* listener) override;
        Result<void> publish(BackplaneMessage message) override;
        Result<void> subscribe(const RoomId& room, const CallContext& context) override;
        Result<void> unsubscribe(const RoomId& room, const CallContext& context) override;

        /// The link of this node breaks, or is there again. What is published meanwhile is refused, what others
        /// publish is lost to it.
        void set_link(bool up);
        std::size_t subscriptions() const;

      private:
        friend class ManualBus;
        ManualBus& bus_;
        BackplaneListener* listener_ = nullptr;  // guarded by the bus, as below
        std::set<RoomId> rooms_;
        std::deque<BackplaneMessage> inbox_;
        bool up_ = true;
    };

    /// One more node; lives as long as the bus.
    Node& node();
    /// Delivers everything, also what is published meanwhile, a message at a time to each node in turn. Returns how
    /// many.
    std::size_t deliver();
    /// The next messages, to whomever, get lost.
    void lose(std::size_t count);

  private:
    bool deliver_one(Node& node);

    mutable std::mutex mutex_;
    std::deque<std::unique_ptr<Node>> nodes_;  // guarded by mutex_, as below
    std::size_t to_lose_ = 0;
};

}  // namespace televisit::testkit
