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

bool is_spoofed(const SenderClaims& claims, const Member& self) {
    return differs(claims.from_peer_id, self.peer.view()) || differs(claims.user_id, self.user.view()) ||
           differs(claims.role, to_string(self.role));
}

}  // namespace

Result<void> Room::relay(Occupant& from, const Relay& relay) {
    if (differs(relay.claims.room_id, id_.view()))
        return error(Errc::forbidden, "wrong_room", "You are in another room.");
    if (is_spoofed(relay.claims, from.self))
        return error(Errc::forbidden, "spoofed_sender", "You cannot send in the name of somebody else.");
    Recipients to;
    bool direct = false;
    {
        const std::lock_guard lock(mutex_);
        if (!from.seated) return error(Errc::conflict, "not_in_room", "You are not in the room.");
        switch (choose(from, relay, to)) {
            case Choice::made:
                break;
            case Choice::nobody_else:
                return error(Errc::not_found, "peer_absent", "Nobody else is in the room.");
            case Choice::unknown_name:
                return error(Errc::not_found, "unknown_target", "Nobody of that name is in the room.");
        }
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

Room::Choice Room::choose(const Occupant& from, const Relay& relay, Recipients& to) {
    const bool to_one =
        relay.kind == RelayKind::description || (relay.kind == RelayKind::candidate && relay.target_peer_id);
    if (!to_one) {
        for (const auto& member : present_)
            if (member.here != &from || relay.kind == RelayKind::everyone) add_recipient(to, member, relay);
        return Choice::made;
    }
    const Present* target = nullptr;
    std::size_t others = 0;
    for (const auto& member : present_) {
        if (member.here == &from) continue;
        ++others;
        target = &member;
    }
    if (others == 0) return relay.kind == RelayKind::candidate ? Choice::made : Choice::nobody_else;
    // The only other one is meant, whatever the name.
    if (others > 1) target = named(relay.target_peer_id, from);
    if (!target) return Choice::unknown_name;
    add_recipient(to, *target, relay);
    return Choice::made;
}

const Room::Present* Room::named(std::optional<std::string_view> peer, const Occupant& but) const {
    if (!peer) return nullptr;
    const auto found = std::find_if(present_.begin(), present_.end(), [&](const Present& member) {
        return member.here != &but && member.stay->peer.view() == *peer;
    });
    return found == present_.end() ? nullptr : &*found;
}

void Room::add_recipient(Recipients& to, const Present& member, const Relay& relay) {
    if (member.here && member.here->open) {
        if (to.count < to.here.size()) to.here[to.count++] = member.here->key;
    } else if (member.here) {
        deliveries_.hold(*member.here, copy_of(relay));
    } else if (member.stay->node != world_->node) {
        to.elsewhere.push_back(member.stay->id);  // also who is interrupted: their node may keep it for them
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
    if (deliveries_.end_relay()) drain();
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
