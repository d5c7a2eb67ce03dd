#include "consult/room_world.hpp"

#include <utility>

#include "consult/encoding.hpp"

namespace televisit::consult {

RoomWorld::RoomWorld(NodeId of, std::chrono::milliseconds time, const Clock& time_source, Secrets& randomness,
                     Backplane& messages, MetricRegistry& metrics)
    : node(std::move(of)),
      grace(time),
      clock(time_source),
      secrets(randomness),
      backplane(messages),
      dropped(metrics.counter("televisit_relays_dropped_total",
                              "Events that found no place in a bounded buffer, or no way to their node.")) {
    constexpr const char* kKinds[] = {"description", "candidate", "others", "everyone"};
    for (std::size_t i = 0; i < relayed.size(); ++i)
        relayed[i] = &metrics.counter("televisit_relays_total", "Events relayed between members of rooms.",
                                      {{"kind", kKinds[i]}});
}

StayId RoomWorld::new_stay_id() {
    constexpr std::size_t kRandomBytes = 12;
    return StayId(base64url(secrets.random_bytes(kRandomBytes)));
}

}  // namespace televisit::consult
