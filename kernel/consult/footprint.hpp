#pragma once
/// What transitions of a room leave behind in the records, gathered until it is written.

#include <map>
#include <optional>
#include <vector>

#include "televisit/sdk/ids.hpp"
#include "televisit/sdk/presence.hpp"
#include "televisit/sdk/time.hpp"

namespace televisit::consult {

struct Footprint {
    struct Steps {
        std::optional<Instant> in{};       ///< first time in the room
        std::optional<Instant> last_in{};  ///< last time into it
        std::optional<Instant> out{};      ///< last time out of it, unless back in since
    };
    std::map<UserId, Steps> people{};
    std::optional<Instant> first_in{};
    bool doctor_seen = false;
    bool patient_seen = false;
    bool seen_together = false;
    std::optional<Instant> emptied{};   ///< the room is empty since then
    std::optional<Instant> occupied{};  ///< or had people in it, the last time that was seen

    bool empty() const { return people.empty(); }
};

/// Adds one transition made at `now`.
void add_transition(Footprint& print, const std::vector<Stay>& before, const std::vector<Stay>& after, Instant now);
/// Puts what came later behind what came earlier.
Footprint joined(Footprint earlier, const Footprint& later);

}  // namespace televisit::consult
