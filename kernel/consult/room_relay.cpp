/// What members send each other.
#include <algorithm>

#include "consult/room.hpp"

namespace televisit::consult {
namespace {

RelayedNotice copy_of(const Relay& relay) {
    RelayedNotice notice{std::string(relay.event), {}, {}};
    for (const auto piece : relay.payload) notice.payload.append(piece);
    for (const auto attachment : relay.attachments) notice.attachments.emplace_back(attachment);
    return notice;
}

bool differs(const std::optional<std::string_view>& claim, std::string_view truth) {
    return claim && *claim != truth;
}

}  // namespace

Result<void> Room::check_claims(const Occupant& from, const SenderClaims& claims) const {
    if (differs(claims.room_id, id_.view())) return error(Errc::forbidden, "wrong_room", "You are in another room.");
    if (differs(claims.from_peer_id, from.self.peer.view()) || differs(claims.user_id, from.self.user.view()) ||
        differs(claims.role, to_string(from.self.role)))
        return error(Errc::forbidden, "spoofed_sender", "You cannot send in the name of somebody else.");
    return {};
}

Result<void> Room::relay(Occupant& from, const Relay& relay) {
    if (auto claims = check_claims(from, relay.claims); !claims) return claims;
    Recipients to;
    bool direct = false;
    {
        const std::lock_guard lock(mutex_);
        if (!from.seated) return error(Errc::conflict, "not_in_room", "You are not in the room.");
        if (auto chosen = choose(from, relay, to); !chosen) return chosen;
        if (!to.elsewhere.empty()) to.sender = from.stay;
        direct = begin_dispatch(to, relay);
    }
    world_->relayed[static_cast<std::size_t>(relay.kind)]->add();
    if (!to.elsewhere.empty()) publish_relay(to, relay);
    if (direct)
        dispatch(to, relay);
    else
        drain();
    return {};
}

Result<void> Room::choose(const Occupant& from, const Relay& relay, Recipients& to) {
    const Present* only = nullptr;
    const Present* target = nullptr;
    std::size_t others = 0;
    for (const auto& member : present_) {
        if (member.here == &from) continue;
        ++others;
        only = &member;
        if (relay.target_peer_id && member.stay->peer.view() == *relay.target_peer_id) target = &member;
    }
    const bool to_one =
        relay.kind == RelayKind::description || (relay.kind == RelayKind::candidate && relay.target_peer_id);
    if (!to_one) {
        for (const auto& member : present_)
            if (member.here != &from || relay.kind == RelayKind::everyone) add_recipient(to, member, relay);
        return {};
    }
    if (others == 0) {
        if (relay.kind == RelayKind::candidate) return {};
        return error(Errc::not_found, "peer_absent", "Nobody else is in the room.");
    }
    if (!target && others == 1) target = only;
    if (!target) return error(Errc::not_found, "unknown_target", "Nobody of that name is in the room.");
    add_recipient(to, *target, relay);
    return {};
}

void Room::add_recipient(Recipients& to, const Present& member, const Relay& relay) {
    if (member.stay->node != world_->node) {
        to.elsewhere.push_back(member.stay->id);  // also who is interrupted: their node may keep it for them
    } else if (member.here && member.here->open) {
        if (to.count < to.here.size()) to.here[to.count++] = member.here->key;
    } else if (member.here) {
        deliveries_.hold(*member.here, copy_of(relay));
    }
}

bool Room::begin_dispatch(const Recipients& to, const Relay& relay) {
    if (to.count == 0) return false;
    if (deliveries_.begin_relay()) return true;
    deliveries_.queue_relay({to.here.begin(), to.here.begin() + static_cast<std::ptrdiff_t>(to.count)}, copy_of(relay));
    return false;
}

void Room::dispatch(const Recipients& to, const Relay& relay) {
    world_->gate.call(
        [&](RoomListener& listener) { listener.relayed(to.keys(), relay.event, relay.payload, relay.attachments); });
    bool last = false;
    {
        const std::lock_guard lock(mutex_);
        last = deliveries_.end_relay();
    }
    if (last) drain();
}

void Room::publish_relay(const Recipients& to, const Relay& relay) {
    RelayMessage message;
    message.sender = to.sender.view();
    for (const auto& stay : to.elsewhere) message.targets.push_back(stay.view());
    message.event = relay.event;
    message.attachments.assign(relay.attachments.begin(), relay.attachments.end());
    const auto sent = world_->backplane.publish({id_, world_->node, next_number(), encode(message, relay.payload)});
    if (!sent) world_->dropped.add();
}

void Room::on_relay(const NodeId& node, const RelayMessage& message) {
    const std::string_view payload[] = {message.payload};
    Relay relay;
    relay.event = message.event;
    relay.payload = payload;
    relay.attachments = message.attachments;
    Recipients to;
    bool direct = false;
    {
        const std::lock_guard lock(mutex_);
        const auto is_sender = [&](const Present& member) {
            return member.stay->id.view() == message.sender && member.stay->node == node;
        };
        if (std::none_of(present_.begin(), present_.end(), is_sender)) return world_->dropped.add();
        for (const auto target : message.targets)
            for (const auto& member : present_)
                if (member.here && member.stay->id.view() == target) add_recipient(to, member, relay);
        direct = begin_dispatch(to, relay);
    }
    if (direct)
        dispatch(to, relay);
    else
        drain();
}

}  // namespace televisit::consult
