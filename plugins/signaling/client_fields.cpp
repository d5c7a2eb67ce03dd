#include "client_fields.hpp"

#include "json/slice.hpp"
#include "json/text.hpp"

namespace televisit::signaling {

Result<void> ClientFields::check(const SocketEvent& event) {
    if (!event.args.empty() && json::is_object(event.args.front())) return {};
    return error(Errc::invalid, "This event needs an object with its fields.");
}

ClientFields::ClientFields(const SocketEvent& event, std::string_view first, std::string_view second)
    : raw_(json::find_members(event.args.front(),
                              std::array<std::string_view, kFieldCount>{"room_id", "from_peer_id", "target_peer_id",
                                                                        "user_id", "role", first, second})) {}

std::optional<std::string_view> ClientFields::claim(Field field) {
    const std::string_view raw = raw_[field];
    if (raw.empty() || raw == "null") return std::nullopt;
    return json::is_string(raw) ? json::text_of(raw, scratch_[field]) : raw;
}

SenderClaims ClientFields::claims() {
    return {claim(kRoom), claim(kPeer), claim(kUser), claim(kRole)};
}

Result<void> ClientFields::check_claims(const Seat& seat) {
    const auto differs = [](const std::optional<std::string_view>& claim, std::string_view own) {
        return claim && *claim != own;
    };
    const SenderClaims claimed = claims();
    if (differs(claimed.room_id, seat.room().view()))
        return error(Errc::forbidden, "wrong_room", "This is not your room.");
    const Member& self = seat.self();
    if (differs(claimed.from_peer_id, self.peer.view()) || differs(claimed.user_id, self.user.view()) ||
        differs(claimed.role, to_string(self.role)))
        return error(Errc::forbidden, "spoofed_sender", "You cannot act in the name of somebody else.");
    return {};
}

}  // namespace televisit::signaling
