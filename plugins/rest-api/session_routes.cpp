#include "session_routes.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>
#include <vector>

#include "answers.hpp"
#include "hex.hpp"
#include "page_cursor.hpp"
#include "preconditions.hpp"
#include "request_body.hpp"
#include "session_query.hpp"

namespace televisit::rest_api {

namespace {

constexpr std::size_t kMaxIdempotencyKey = 255;

/// Tells two bodies of one Idempotency-Key apart.
std::string digest_of(const Call& call) {
    return hex(call.secrets.sha256(call.request.body));
}

Result<std::string> idempotency_key(const HttpRequest& request) {
    const auto key = request.header("Idempotency-Key");
    const bool printable = std::all_of(key.begin(), key.end(), [](char c) { return c >= 0x20 && c < 0x7F; });
    if (key.size() > kMaxIdempotencyKey || !printable)
        return error(Errc::malformed, "invalid_idempotency_key",
                     "Idempotency-Key must have 1 to 255 printable ASCII characters.");
    return std::string(key);
}

Result<SessionDraft> read_draft(const Call& call) {
    auto key = idempotency_key(call.request);
    if (!key) return std::move(key).error();
    auto body = BodyFields::required(call.request, call.max_depth);
    if (!body) return std::move(body).error();
    SessionDraft draft;
    draft.appointment_id = body->optional_text("appointment_id").value_or("");
    draft.doctor_id = UserId(body->required_text("doctor_id"));
    draft.patient_id = UserId(body->required_text("patient_id"));
    draft.scheduled_start_time = body->required_text("scheduled_start_time");
    draft.scheduled_end_time = body->required_text("scheduled_end_time");
    draft.max_participants = body->optional_integer("max_participants").value_or(draft.max_participants);
    draft.metadata = body->optional_object("metadata").value_or("");
    if (auto fault = body->fault()) return *std::move(fault);
    draft.idempotency_key = *std::move(key);
    draft.request_digest = digest_of(call);
    draft.public_origin = call.request.origin;
    return draft;
}

Result<HttpResponse> create_session(const Call& call) {
    const auto draft = read_draft(call);
    if (!draft) return draft.error();
    const auto created = call.consultations.create(call.caller, *draft, call.context);
    if (!created) return created.error();
    return created_answer(*created);
}

/// What most calls on one session come to.
Result<HttpResponse> answer_with(const Result<SessionRecord>& session) {
    if (!session) return session.error();
    return session_answer(*session);
}

Result<HttpResponse> get_session(const Call& call) {
    return answer_with(call.consultations.get(call.caller, call.session(), call.context));
}

/// Whether anything comes after a page. Asked for full pages only: the kernel gives no page longer than the longest
/// one.
Result<bool> has_more(const Call& call, SessionFilter query, const std::vector<SessionRecord>& page) {
    if (page.empty() || page.size() < query.limit) return false;
    query.after = {page.back().created_at, page.back().id};
    query.limit = 1;
    const auto next = call.consultations.list(call.caller, query, call.context);
    if (!next) return next.error();
    return !next->empty();
}

Result<HttpResponse> list_sessions(const Call& call) {
    const auto query = read_session_query(call.request, call.caller, call.secrets);
    if (!query) return query.error();
    const auto page = call.consultations.list(call.caller, *query, call.context);
    if (!page) return page.error();
    const auto more = has_more(call, *query, *page);
    if (!more) return more.error();

    JsonWriter out;
    out.open_object().name("items").open_array();
    for (const auto& session : *page) write_session(out, session);
    out.close_array()
        .name("next_cursor")
        .text_or_null(*more ? PageCursor(call.secrets, call.caller, *query).after(page->back()) : "");
    return json_answer(200, out.close_object().take());
}

Result<SessionPatch> read_patch(const Call& call) {
    auto body = BodyFields::required(call.request, call.max_depth);
    if (!body) return std::move(body).error();
    SessionPatch patch;
    patch.scheduled_start_time = body->optional_text("scheduled_start_time");
    patch.scheduled_end_time = body->optional_text("scheduled_end_time");
    patch.max_participants = body->optional_integer("max_participants");
    patch.metadata = body->optional_object("metadata");
    if (auto fault = body->fault()) return *std::move(fault);
    return patch;
}

/// The one version to expect. More than one, or any, is settled by what the session is now; a change that comes between
/// is still found, by the kernel.
Result<Version> expected_version(const Call& call, const ExpectedVersions& expected) {
    if (!expected.any && expected.versions.size() == 1) return expected.versions.front();
    const auto session = call.consultations.get(call.caller, call.session(), call.context);
    if (!session) return session.error();
    if (!expected.accepts(session->version))
        return error(Errc::stale, "stale_version", "The session has changed since you saw it.");
    return session->version;
}

Result<HttpResponse> reschedule_session(const Call& call) {
    const auto expected = if_match(call.request);
    if (!expected) return expected.error();
    const auto patch = read_patch(call);
    if (!patch) return patch.error();
    const auto version = expected_version(call, *expected);
    if (!version) return version.error();
    return answer_with(call.consultations.reschedule(call.caller, call.session(), *version, *patch, call.context));
}

Result<HttpResponse> cancel_session(const Call& call) {
    return answer_with(call.consultations.cancel(call.caller, call.session(), call.context));
}

Result<HttpResponse> end_session(const Call& call) {
    return answer_with(call.consultations.end(call.caller, call.session(), call.context));
}

constexpr std::array kRoutes{
    EndpointRoute{"create_session", HttpMethod::post, "/api/video/sessions", create_session},
    EndpointRoute{"list_sessions", HttpMethod::get, "/api/video/sessions", list_sessions},
    EndpointRoute{"get_session", HttpMethod::get, "/api/video/sessions/{id}", get_session},
    EndpointRoute{"reschedule_session", HttpMethod::patch, "/api/video/sessions/{id}", reschedule_session},
    EndpointRoute{"cancel_session", HttpMethod::post, "/api/video/sessions/{id}/cancel", cancel_session},
    EndpointRoute{"end_session", HttpMethod::post, "/api/video/sessions/{id}/end", end_session},
};

}  // namespace

std::span<const EndpointRoute> session_routes() noexcept {
    return kRoutes;
}

}  // namespace televisit::rest_api
