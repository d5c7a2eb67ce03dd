#include "answers.hpp"

#include <array>
#include <cstdio>
#include <optional>
#include <utility>

#include "times.hpp"

namespace televisit::rest_api {

namespace {

void write_time(JsonWriter& out, std::string_view name, const std::optional<Instant>& at) {
    out.name(name);
    if (at)
        out.text(time_text(*at));
    else
        out.null();
}

/// The columns of a session, without the brackets around them.
void write_columns(JsonWriter& out, const SessionRecord& session) {
    out.name("session_id").text(session.id.str()).name("version").number(session.version);
    out.name("appointment_id").text_or_null(session.appointment_id);
    out.name("doctor_id").text(session.doctor_id.str()).name("patient_id").text(session.patient_id.str());
    out.name("status").text(to_string(session.status));
    write_time(out, "scheduled_start_time", session.scheduled_start);
    write_time(out, "scheduled_end_time", session.scheduled_end);
    write_time(out, "actual_start_time", session.actual_start);
    write_time(out, "actual_end_time", session.actual_end);
    out.name("room_id").text(session.room_id.str());
    out.name("signaling_server_url").text_or_null(session.signaling_server_url);
    out.name("max_participants").number(session.max_participants);
    out.name("metadata").raw(session.metadata.empty() ? "null" : std::string_view(session.metadata));
    out.name("end_reason").text_or_null(session.end_reason);
    write_time(out, "created_at", session.created_at);
    write_time(out, "updated_at", session.updated_at);
}

void write_member(JsonWriter& out, const Member& member) {
    out.open_object().name("user_id").text(member.user.str()).name("peer_id").text(member.peer.str());
    out.name("role").text(to_string(member.role));
    out.name("audio").boolean(member.media.audio).name("video").boolean(member.media.video);
    out.name("screen_share")
        .boolean(member.media.screen_share)
        .name("state")
        .text(to_string(member.state))
        .close_object();
}

/// The seed's `attendee`.
void write_join_attendee(JsonWriter& out, const JoinGrant& grant) {
    out.open_object().name("attendee_id").text(grant.attendee.id.str());
    out.name("peer_id").text(grant.attendee.peer_id.str()).name("access_token").text(grant.access_token);
    out.name("user_id")
        .text(grant.attendee.user.str())
        .name("role")
        .text(to_string(grant.attendee.role))
        .close_object();
}

/// Hundredths as a JSON number with two decimals.
std::string two_decimals(std::int64_t hundredths) {
    std::array<char, 32> text{};
    const int size = std::snprintf(text.data(), text.size(), "%lld.%02lld", static_cast<long long>(hundredths / 100),
                                   static_cast<long long>(hundredths % 100));
    return {text.data(), static_cast<std::size_t>(size)};
}

}  // namespace

HttpResponse json_answer(int status, std::string body) {
    return {status, {{"Content-Type", "application/json"}, {"Cache-Control", "no-store"}}, std::move(body)};
}

HttpResponse no_content() {
    return {204, {{"Cache-Control", "no-store"}}, {}};
}

std::string etag_of(Version version) {
    return '"' + std::to_string(version) + '"';
}

void write_session(JsonWriter& out, const SessionRecord& session) {
    out.open_object();
    write_columns(out, session);
    out.close_object();
}

HttpResponse session_answer(const SessionRecord& session) {
    JsonWriter out;
    write_session(out, session);
    auto response = json_answer(200, out.take());
    response.headers.push_back({"ETag", etag_of(session.version)});
    return response;
}

HttpResponse created_answer(const CreatedSession& created) {
    JsonWriter out;
    out.open_object();
    write_columns(out, created.session);
    out.name("doctor_token").text(created.doctor_token).name("patient_token").text(created.patient_token);
    auto response = json_answer(201, out.close_object().take());
    response.headers.push_back({"ETag", etag_of(created.session.version)});
    response.headers.push_back({"Location", "/api/video/sessions/" + created.session.id.str()});
    return response;
}

HttpResponse join_answer(const JoinGrant& grant) {
    JsonWriter out;
    out.open_object().name("session_id").text(grant.session.id.str()).name("room_id").text(grant.session.room_id.str());
    out.name("signaling_server_url").text(grant.signaling_server_url).name("attendee");
    write_join_attendee(out, grant);
    write_time(out, "scheduled_start_time", grant.session.scheduled_start);
    write_time(out, "scheduled_end_time", grant.session.scheduled_end);
    out.name("ice_servers");
    write_ice_servers(out, grant.ice.servers);
    out.name("ice_ttl_seconds").number(grant.ice.ttl.count());
    out.name("participants").open_array();
    for (const auto& member : grant.participants) write_member(out, member);
    out.close_array().name("join_window").open_object();
    write_time(out, "opens_at", grant.window.opens_at);
    write_time(out, "closes_at", grant.window.closes_at);
    return json_answer(200, out.close_object().close_object().take());
}

void write_attendee(JsonWriter& out, const AttendeeRecord& attendee) {
    out.open_object().name("attendee_id").text(attendee.id.str()).name("session_id").text(attendee.session.str());
    out.name("user_id").text(attendee.user.str()).name("role").text(to_string(attendee.role));
    out.name("peer_id").text(attendee.peer_id.str());
    out.name("display_name").text_or_null(attendee.display_name);
    out.name("device_type").text_or_null(attendee.device_type);
    out.name("browser_info").text_or_null(attendee.browser_info);
    out.name("invitation_id").text_or_null(attendee.invitation.str());
    write_time(out, "joined_at", attendee.joined_at);
    write_time(out, "left_at", attendee.left_at);
    write_time(out, "created_at", attendee.created_at);
    write_time(out, "updated_at", attendee.updated_at);
    out.close_object();
}

void write_metrics(JsonWriter& out, const MetricsRecord& metrics) {
    out.open_object().name("metrics_id").text(metrics.id).name("session_id").text(metrics.session.str());
    out.name("session_duration_minutes").raw(two_decimals(metrics.session_duration_hundredths));
    out.name("total_participants").number(metrics.total_participants);
    write_time(out, "created_at", metrics.created_at);
    out.close_object();
}

void write_invitation(JsonWriter& out, const CreatedInvitation& created) {
    const auto& invitation = created.invitation;
    out.open_object().name("invitation_id").text(invitation.id.str()).name("token").text(created.token);
    out.name("session_id").text(invitation.session.str()).name("role").text(to_string(invitation.role));
    out.name("display_name").text_or_null(invitation.display_name);
    write_time(out, "expires_at", invitation.expires_at);
    write_time(out, "created_at", invitation.created_at);
    out.close_object();
}

void write_ice_servers(JsonWriter& out, const std::vector<IceServer>& servers) {
    out.open_array();
    for (const auto& server : servers) {
        out.open_object().name("urls").open_array();
        for (const auto& url : server.urls) out.text(url);
        out.close_array();
        // RTCPeerConnection takes an empty user name for a mistake.
        if (!server.username.empty())
            out.name("username").text(server.username).name("credential").text(server.credential);
        out.close_object();
    }
    out.close_array();
}

}  // namespace televisit::rest_api
