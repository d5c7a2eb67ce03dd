#include "messages.hpp"

#include "json_text.hpp"
#include "relay_text.hpp"

namespace televisit::load {

Messages::Messages(std::size_t payload_bytes, std::size_t offer_bytes)
    : offers_(offer_bytes > 0),
      payload_bytes_(payload_bytes),
      text_(offers_ ? sdp_text(offer_bytes) : candidate_text(0)) {}

std::string_view Messages::event_of(const Connection& from) const noexcept {
    if (!offers_) return "ice_candidate";
    return from.index % 2 == 0 ? "webrtc_offer" : "webrtc_answer";
}

std::string Messages::packet_of(const Connection& from, const Connection& to) const {
    const std::string event(event_of(from));
    std::string packet =
        "42[\"" + event + "\",{\"room_id\":\"" + from.place.room + "\",\"from_peer_id\":\"" + from.peer;
    if (!offers_)
        return packet + "\",\"candidate\":{\"candidate\":\"" + text_ + "\",\"sdpMid\":\"0\",\"sdpMLineIndex\":0}}]";
    const std::string field = event.substr(event.find('_') + 1);
    return packet + "\",\"target_peer_id\":\"" + to.peer + "\",\"" + field + "\":{\"type\":\"" + field +
           "\",\"sdp\":\"" + json_escape(text_) + "\"}}]";
}

void Messages::prepare(std::vector<Connection>& connections) {
    if (!offers_) {
        // Padded so that the packet as a whole has the size that was asked for.
        const std::size_t bare = packet_of(connections[0], connections[1]).size();
        if (bare < payload_bytes_) text_ = candidate_text(payload_bytes_ - bare);
    }
    text_tag_ = text_.find(Tag::kMark);
    for (Connection& from : connections) {
        from.packet = packet_of(from, connections[from.index ^ 1]);
        from.packet_tag = from.packet.find(Tag::kMark);
    }
}

std::string_view Messages::next(Connection& from, Nanoseconds stamp) const {
    const Tag tag{from.index, from.sent++, static_cast<std::uint64_t>(stamp)};
    tag.write(from.packet.data() + from.packet_tag);
    return from.packet;
}

Messages::Verdict Messages::judge(std::string_view packet, std::size_t tag_at, Connection& to,
                                  const Connection& partner, Counters& counters) {
    const auto tag = Tag::read(packet.substr(tag_at));
    if (!tag) {
        counters.corrupt++;
        return {.fault = "altered tag"};
    }
    if (tag->sender != partner.index) {
        counters.misrouted++;
        return {.fault = "misrouted"};
    }
    if (tag->sequence >= partner.sent) {
        counters.corrupt++;
        return {.fault = "never sent"};
    }
    Verdict verdict{.time = static_cast<Nanoseconds>(tag->time)};
    if (tag->sequence >= to.expected) {
        counters.received++;
        to.missing += tag->sequence - to.expected;  // lost, unless they still come
        to.expected = tag->sequence + 1;
    } else if (to.missing > 0) {
        counters.received++;
        to.missing--;
        counters.reordered++;
        verdict.fault = "late";
    } else {
        counters.duplicated++;
        verdict.fault = "doubled";
    }
    const std::string_view event = event_of(partner);
    if (packet.substr(4, event.size()) != event || packet.substr(4 + event.size(), 1) != "\"") {
        counters.corrupt++;
        verdict.fault = "wrong event";
    } else if (!intact(packet, *tag, tag_at)) {
        counters.corrupt++;
        verdict.fault = "altered";
    }
    return verdict;
}

bool Messages::intact(std::string_view packet, const Tag& tag, std::size_t tag_at) {
    tag.write(text_.data() + text_tag_);
    const std::size_t open = packet.rfind('"', tag_at);
    return open != std::string_view::npos && json_string_equals(packet, open + 1, text_);
}

}  // namespace televisit::load
