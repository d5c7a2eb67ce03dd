#pragma once
/// A backplane between the servers of the model: messages can wait, get lost, and come twice.

#include <deque>
#include <memory>
#include <set>

#include "televisit/sdk/backplane.hpp"

namespace televisit::model {

/// How a faulty backplane misbehaves without telling anybody; to prove that the model notices.
enum class BusFlaw : std::uint8_t { none, silent, reordering, undetected_repeats, deaf_to_link };

/// **Threads**: one. **Order**: kept for each receiver.
class Bus {
  public:
    class Link final : public Backplane {
      public:
        explicit Link(Bus& bus) : bus_(bus) {}
        void set_listener(BackplaneListener* listener) override { listener_ = listener; }
        Result<void> publish(BackplaneMessage message) override;
        Result<void> subscribe(const RoomId& room, const CallContext& context) override;
        Result<void> unsubscribe(const RoomId& room, const CallContext& context) override;
        /// While it is down, publishing is refused and what others publish is lost.
        void set_up(bool up);
        /// The process is gone.
        void cut();
        /// Whether there was a message.
        bool deliver_one();

      private:
        friend class Bus;
        Bus& bus_;
        BackplaneListener* listener_ = nullptr;
        std::set<RoomId> rooms_;
        std::deque<BackplaneMessage> inbox_;
        bool up_ = true;
        bool cut_ = false;
    };

    Link& add();
    bool deliver_all();
    /// The next messages get lost, and nobody is told.
    void lose(std::size_t count) { to_lose_ += count; }
    void lose_no_more() { to_lose_ = 0; }
    /// The next messages come twice.
    void repeat(std::size_t count) { to_repeat_ = count; }

    BusFlaw flaw = BusFlaw::none;

  private:
    void put(Link& link, const BackplaneMessage& message);

    std::deque<std::unique_ptr<Link>> links_;
    std::size_t to_lose_ = 0;
    std::size_t to_repeat_ = 0;
};

}  // namespace televisit::model
