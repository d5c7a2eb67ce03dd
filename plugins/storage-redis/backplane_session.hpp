#pragma once
/// One connection of a backplane, from its greeting to its loss.
///
/// At first every room is subscribed to again, and what was missed of it asked for; then what waits is sent again, and
/// the link is up. Everything Redis is asked is answered in order, so one list says what is expected. **Threads**: the
/// backplane's own.

#include <deque>
#include <memory>
#include <string>
#include <vector>

#include "backplane_state.hpp"
#include "televisit/sdk/logger.hpp"

namespace televisit::storage_redis {

class BackplaneSession {
  public:
    BackplaneSession(BackplaneState& state, const BackplaneSettings& settings, Logger& logger,
                     std::unique_ptr<BackplaneLink> link)
        : state_(state), settings_(settings), logger_(logger), names_(settings.prefix), link_(std::move(link)) {}

    /// Works until the connection is lost, or no answer comes in time; answers why. Empty: the backplane stops.
    std::string run();

  private:
    enum class Answer : std::uint8_t { done, time, published, missed };
    struct Expected {
        Answer answer;
        SteadyTime asked;
    };

    /// Lets more gather when it has only just looked.
    void let_gather();
    void begin();
    /// Puts what is to be sent into the link. False when the backplane stops.
    bool gather();
    void ask(Answer answer, std::initializer_list<std::string_view> command);
    void hand_on_changes();
    void restore_some();
    void come_up();
    void beat();
    SteadyTime next_deadline() const;

    /// Takes everything that has come; answers what is wrong with it.
    std::string take_all();
    std::string take_answer(const RespValue& value);
    void take_push(const RespValue& push);
    void take_missed(const RespValue& streams);
    void take_missed_of(std::string_view room, const RespValue& entries);
    void take_time(const RespValue& time);

    BackplaneState& state_;
    const BackplaneSettings& settings_;
    Logger& logger_;
    const BackplaneNames names_;
    const std::unique_ptr<BackplaneLink> link_;
    std::deque<Expected> expected_;
    SteadyTime next_beat_{};
    SteadyTime last_round_{};
    std::vector<RoomId> to_restore_;
    std::vector<RoomId> catching_up_;  // of which what was missed has been asked for
    bool greeted_ = false;             // publishing was tried
    bool restored_ = false;
};

}  // namespace televisit::storage_redis
