#include "truth_text.hpp"

#include "packed.hpp"

namespace televisit::storage_redis {
namespace {

constexpr std::string_view kFormat = "1 ";

std::optional<StayState> parse_state(std::string_view name) {
    for (const auto state : {StayState::joined, StayState::interrupted})
        if (name == to_string(state)) return state;
    return std::nullopt;
}

std::optional<LeaveReason> parse_reason(std::string_view name) {
    using enum LeaveReason;
    for (const auto reason :
         {left, disconnected, grace_ended, rejoined, replaced, revoked, kicked, session_over, room_full})
        if (name == to_string(reason)) return reason;
    return std::nullopt;
}

void put(PackedWriter& out, const Stay& stay) {
    out.text(stay.id.view()).text(stay.attendee.view()).text(stay.user.view()).text(stay.peer.view());
    out.text(stay.node.view()).text(to_string(stay.role)).text(to_string(stay.state));
    out.flag(stay.media.audio).flag(stay.media.video).flag(stay.media.screen_share).number(stay.token_number);
    out.instant(stay.since).instant(stay.interrupted_at);
}

Stay take_stay(PackedReader& in) {
    Stay stay;
    stay.id = StayId(in.text());
    stay.attendee = AttendeeId(in.text());
    stay.user = UserId(in.text());
    stay.peer = PeerId(in.text());
    stay.node = NodeId(in.text());
    stay.role = in.known(parse_role(in.text()));
    stay.state = in.known(parse_state(in.text()));
    stay.media.audio = in.flag();
    stay.media.video = in.flag();
    stay.media.screen_share = in.flag();
    stay.token_number = in.number<std::int64_t>();
    stay.since = in.instant();
    stay.interrupted_at = in.instant();
    return stay;
}

void put(PackedWriter& out, const Departure& departure) {
    out.text(departure.stay.view()).text(departure.attendee.view()).text(departure.node.view());
    out.text(to_string(departure.reason));
}

Departure take_departure(PackedReader& in) {
    Departure departure;
    departure.stay = StayId(in.text());
    departure.attendee = AttendeeId(in.text());
    departure.node = NodeId(in.text());
    departure.reason = in.known(parse_reason(in.text()));
    return departure;
}

}  // namespace

std::string to_text(const RoomPresence& truth) {
    PackedWriter out(kFormat);
    out.text(truth.room.view()).number(truth.seq).flag(truth.closed).text(truth.end_reason);
    out.instant(truth.expires_at).number(truth.stays.size());
    for (const auto& stay : truth.stays) put(out, stay);
    out.number(truth.departures.size());
    for (const auto& departure : truth.departures) put(out, departure);
    return out.take();
}

std::optional<RoomPresence> truth_of(std::string_view text) {
    if (!text.starts_with(kFormat)) return std::nullopt;
    PackedReader in(text.substr(kFormat.size()));
    RoomPresence truth;
    truth.room = RoomId(in.text());
    truth.seq = in.number<std::uint64_t>();
    truth.closed = in.flag();
    truth.end_reason = in.text();
    truth.expires_at = in.instant();
    for (auto left = in.number<std::size_t>(); left > 0 && in.ok(); --left) truth.stays.push_back(take_stay(in));
    for (auto left = in.number<std::size_t>(); left > 0 && in.ok(); --left)
        truth.departures.push_back(take_departure(in));
    if (!in.complete()) return std::nullopt;
    return truth;
}

}  // namespace televisit::storage_redis
