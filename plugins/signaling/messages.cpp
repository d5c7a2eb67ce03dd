#include "messages.hpp"

#include <cstdio>

#include "json/text.hpp"

namespace televisit::signaling {

namespace {

/// Writes one object, member by member.
class ObjectWriter {
  public:
    ObjectWriter& text(std::string_view name, std::string_view value) {
        begin(name);
        json::append_string(out_, value);
        return *this;
    }
    ObjectWriter& number(std::string_view name, std::int64_t value) {
        begin(name);
        json::append_number(out_, value);
        return *this;
    }
    ObjectWriter& flag(std::string_view name, bool value) {
        begin(name);
        out_ += value ? "true" : "false";
        return *this;
    }
    ObjectWriter& raw(std::string_view name, std::string_view value) {
        begin(name);
        out_ += value;
        return *this;
    }
    std::string finish() {
        out_ += '}';
        return std::move(out_);
    }

  private:
    void begin(std::string_view name) {
        if (out_.size() > 1) out_ += ',';
        out_ += '"';
        out_ += name;
        out_ += "\":";
    }

    std::string out_ = "{";
};

std::string participants_of(std::span<const Member> members) {
    std::string out = "[";
    for (const auto& member : members) {
        if (out.size() > 1) out += ',';
        out += ObjectWriter()
                   .text("user_id", member.user.view())
                   .text("peer_id", member.peer.view())
                   .text("role", to_string(member.role))
                   .flag("audio", member.media.audio)
                   .flag("video", member.media.video)
                   .flag("screen_share", member.media.screen_share)
                   .text("state", to_string(member.state))
                   .finish();
    }
    return out + "]";
}

std::string ice_server_of(const IceServer& server) {
    std::string urls = "[";
    for (const auto& url : server.urls) {
        if (urls.size() > 1) urls += ',';
        json::append_string(urls, url);
    }
    ObjectWriter object;
    object.raw("urls", urls + "]");
    if (!server.username.empty()) object.text("username", server.username).text("credential", server.credential);
    return object.finish();
}

}  // namespace

std::string connected_message(std::string_view sid) {
    return ObjectWriter().text("sid", sid).finish();
}

std::string joined_room_message(const RoomId& room, const Member& self, std::span<const Member> participants) {
    return ObjectWriter()
        .text("room_id", room.view())
        .text("peer_id", self.peer.view())
        .text("role", to_string(self.role))
        .number("participants_count", static_cast<std::int64_t>(participants.size()))
        .raw("participants", participants_of(participants))
        .finish();
}

std::string user_joined_message(const Member& member) {
    return ObjectWriter()
        .text("user_id", member.user.view())
        .text("peer_id", member.peer.view())
        .text("role", to_string(member.role))
        .finish();
}

std::string user_left_message(const Member& member, LeaveReason reason) {
    return ObjectWriter()
        .text("user_id", member.user.view())
        .text("peer_id", member.peer.view())
        .text("reason", to_string(reason))
        .finish();
}

std::string user_interrupted_message(const Member& member, std::chrono::milliseconds grace) {
    return ObjectWriter()
        .text("user_id", member.user.view())
        .text("peer_id", member.peer.view())
        .number("grace_ms", grace.count())
        .finish();
}

std::string user_resumed_message(const Member& member) {
    return ObjectWriter().text("user_id", member.user.view()).text("peer_id", member.peer.view()).finish();
}

std::string room_state_message(const RoomId& room, std::span<const Member> members) {
    return ObjectWriter().text("room_id", room.view()).raw("participants", participants_of(members)).finish();
}

std::string session_expiring_message(std::chrono::seconds left) {
    return ObjectWriter().number("seconds_left", left.count()).finish();
}

std::string session_ended_message(const SessionId& session, std::string_view reason) {
    return ObjectWriter().text("session_id", session.view()).text("reason", reason).finish();
}

std::string ice_servers_message(const IceServers& servers) {
    std::string list = "[";
    for (const auto& server : servers.servers) {
        if (list.size() > 1) list += ',';
        list += ice_server_of(server);
    }
    return ObjectWriter().raw("ice_servers", list + "]").number("ttl_seconds", servers.ttl.count()).finish();
}

std::string server_draining_message(std::chrono::milliseconds reconnect_after) {
    return ObjectWriter().number("reconnect_after_ms", reconnect_after.count()).finish();
}

std::string error_message(std::string_view message, std::string_view code, std::string_view event) {
    ObjectWriter object;
    object.text("message", message).text("code", code);
    if (!event.empty()) object.text("event", event);
    return object.finish();
}

std::string refusal_ack(std::string_view message, std::string_view code) {
    return ObjectWriter().flag("ok", false).text("code", code).text("message", message).finish();
}

std::string printed_time(Instant at) {
    const auto seconds = std::chrono::floor<std::chrono::seconds>(at);
    const auto day = std::chrono::floor<std::chrono::days>(seconds);
    const std::chrono::year_month_day date(day);
    const std::chrono::hh_mm_ss time(seconds - day);
    char text[40];
    const int size = std::snprintf(text, sizeof text, "%04d-%02u-%02uT%02d:%02d:%02dZ", static_cast<int>(date.year()),
                                   static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                                   static_cast<int>(time.hours().count()), static_cast<int>(time.minutes().count()),
                                   static_cast<int>(time.seconds().count()));
    return std::string(text, static_cast<std::size_t>(size));
}

}  // namespace televisit::signaling
