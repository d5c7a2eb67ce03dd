#include "backplane_families.hpp"

namespace televisit::storage_redis {

std::vector<MetricFamily> families_of(const RedisBackplane& backplane, const std::string& plugin) {
    const auto now = backplane.snapshot();
    const auto& figures = backplane.figures();
    const auto family = [&](const char* name, const char* help, MetricKind kind, auto value) {
        return MetricFamily{name, help, kind, {MetricSample{{{"plugin", plugin}}, static_cast<double>(value)}}};
    };
    const auto gauge = [&](const char* name, const char* help, auto value) {
        return family(name, help, MetricKind::gauge, value);
    };
    const auto counter = [&](const char* name, const char* help, const std::atomic<std::uint64_t>& value) {
        return family(name, help, MetricKind::counter, value.load());
    };
    return {gauge("televisit_backplane_up", "Whether messages reach other servers.", now.up ? 1 : 0),
            gauge("televisit_backplane_waiting", "Messages that Redis has not taken yet.", now.waiting),
            gauge("televisit_backplane_waiting_bytes", "The same, in bytes.", now.waiting_bytes),
            gauge("televisit_backplane_rooms", "Rooms of which messages are received.", now.rooms),
            counter("televisit_backplane_published_total", "Messages taken to be sent.", figures.published),
            counter("televisit_backplane_refused_total", "Messages for which there was no connection, or no place.",
                    figures.refused),
            counter("televisit_backplane_delivered_total", "Messages received, own ones included.", figures.delivered),
            counter("televisit_backplane_replayed_total", "Of these, those that were missed and asked for.",
                    figures.replayed),
            counter("televisit_backplane_sent_again_total",
                    "Messages of which it is not known whether they had arrived.", figures.sent_again),
            counter("televisit_backplane_unreadable_total", "Messages that are none.", figures.unreadable),
            counter("televisit_backplane_lost_total", "Connections that were lost.", figures.lost)};
}

}  // namespace televisit::storage_redis
