#pragma once
/// What happens in one history: made from a seed, and independent of what the system under test answers.
///
/// Every step names people and servers by number and finds by itself what it applies to, so that any part of a history
/// is a history, too: that is what makes minimising simple.

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace televisit::model {

inline constexpr std::size_t kPeople = 5;  ///< doctor, patient, interpreter, guest, observer
inline constexpr std::size_t kSlots = 2;   ///< places for servers

enum class Kind : std::uint8_t {
    join,        ///< over REST: a newer token
    come,        ///< join, then enter on a new connection
    enter,       ///< a new connection with the latest token
    enter_old,   ///< a new connection with an older token
    again,       ///< join_room once more on the connection that is there
    open,        ///< `joined_room` is on its way at last
    leave,       ///< leave_room
    drop,        ///< the connection is lost
    vanish,      ///< the same, by dropping the seat
    rest_leave,  ///< over REST
    revoke,
    kick,
    end,
    cancel,
    relay,
    spoof,
    media,
    wait,  ///< seconds
    kill,
    restart,
    // Below: faults, in storms only.
    jump,       ///< the civil clock is set forward
    jump_back,  ///< and back
    settle,
    presence_away,
    presence_fails,
    presence_answers_lost,
    records_away,
    records_fail,
    record_answers_lost,
    heal,
    link_down,
    link_up,
    lose,
    hold,     ///< messages wait
    deliver,  ///< some of them arrive
    release,
    stall,  ///< a server's workers and timers stand still
    resume,
    meanwhile,  ///< the next step, but in the middle of the one after it: before it reads or writes
};

struct Step {
    Kind kind = Kind::settle;
    std::size_t person = 0;
    std::size_t slot = 0;
    std::uint32_t amount = 0;
};

struct Setup {
    int max_participants = 2;
    int grace_s = 15;
    int opens_in_s = -60;
    int closes_in_s = 900;
    std::size_t servers = 2;
    bool held_open = false;  ///< newcomers are opened by a step of their own
};

struct History {
    std::uint64_t seed = 0;
    bool calm = true;  ///< no faults, and everything settles after each step: every single event is foretold
    Setup setup{};
    std::vector<Step> steps{};
};

History make_history(std::uint64_t seed);
std::string text_of(const Step& step);
const char* name_of_person(std::size_t person);

}  // namespace televisit::model
