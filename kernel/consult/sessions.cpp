#include "consult/sessions.hpp"

#include <algorithm>
#include <tuple>

#include "consult/checks.hpp"
#include "consult/origin.hpp"
#include "consult/times.hpp"

namespace televisit::consult {
namespace {

constexpr std::int64_t kFewestParticipants = 2;
constexpr std::size_t kLongestIdempotencyKey = 255;
constexpr std::size_t kMostListed = 100;
constexpr std::chrono::hours kIdempotencyKept{24};

void check_participants(Checks& checks, std::int64_t value, std::int64_t most) {
    if (value < kFewestParticipants || value > most)
        checks.refuse("/max_participants", "out_of_range", "From 2 to " + std::to_string(most) + ".");
}

void check_metadata(Checks& checks, std::string_view metadata, std::size_t most) {
    if (metadata.empty()) return;
    if (metadata.size() > most)
        checks.refuse("/metadata", "too_long", "At most " + std::to_string(most) + " bytes.");
    else if (metadata[std::min(metadata.find_first_not_of(" \t\r\n"), metadata.size() - 1)] != '{')
        checks.refuse("/metadata", "wrong_type", "A JSON object.");
}

std::optional<Instant> check_time(Checks& checks, std::string_view pointer, std::string_view text, const Zone& zone) {
    if (text.empty()) {
        checks.refuse(std::string(pointer), "required", "This field is required.");
        return std::nullopt;
    }
    const auto at = parse_time(text, zone);
    if (!at) checks.refuse(std::string(pointer), "not_a_time", "A time like 2026-01-25T10:00:00Z.");
    return at;
}

void check_order(Checks& checks, const std::optional<Instant>& start, const std::optional<Instant>& end) {
    if (start && end && *end <= *start)
        checks.refuse("/scheduled_end_time", "not_after_start", "The end must be after the start.");
}

}  // namespace

Result<Sessions::Seen> Sessions::find(const Identity& caller, const SessionId& id, const CallContext& context) const {
    auto found = parts_.ports.records.session(id, context);
    if (!found.ok()) return found.error();
    const auto part = *found ? part_of(caller, **found) : Part::none;
    if (part == Part::none) return no_such_session();
    return Seen{std::move(**found), part};
}

Result<SessionRecord> Sessions::find_to_manage(const Identity& caller, const SessionId& id,
                                               const CallContext& context) const {
    auto seen = find(caller, id, context);
    if (!seen.ok()) return seen.error();
    if (!may_manage(seen->part)) return wrong_role();
    return std::move(seen->session);
}

Result<SessionRecord> Sessions::draft_session(const SessionDraft& draft) const {
    Checks checks;
    checks.text("/appointment_id", draft.appointment_id, kIdLength);
    checks.required_text("/doctor_id", draft.doctor_id.view(), kIdLength);
    checks.required_text("/patient_id", draft.patient_id.view(), kIdLength);
    if (!draft.doctor_id.empty() && draft.doctor_id == draft.patient_id)
        checks.refuse("/patient_id", "same_person", "Doctor and patient must be two people.");
    const auto start = check_time(checks, "/scheduled_start_time", draft.scheduled_start_time, parts_.zone);
    const auto end = check_time(checks, "/scheduled_end_time", draft.scheduled_end_time, parts_.zone);
    check_order(checks, start, end);
    check_participants(checks, draft.max_participants, parts_.settings.max_participants);
    check_metadata(checks, draft.metadata, parts_.settings.metadata_bytes);
    if (!checks.ok()) return std::move(checks).failure();

    auto& secrets = parts_.ports.secrets;
    SessionRecord session;
    session.id = SessionId(secrets.uuid());
    session.appointment_id = draft.appointment_id;
    session.doctor_id = draft.doctor_id;
    session.patient_id = draft.patient_id;
    session.scheduled_start = *start;
    session.scheduled_end = *end;
    session.room_id = RoomId(secrets.uuid());
    session.max_participants = static_cast<std::int32_t>(draft.max_participants);
    session.metadata = draft.metadata;
    session.signaling_server_url = signaling_url(parts_.settings.public_url, draft.public_origin);
    const auto& tokens = parts_.tokens;
    session.doctor_token = tokens.hash(tokens.invitation(session.id, Role::doctor, session.token_generation));
    session.patient_token = tokens.hash(tokens.invitation(session.id, Role::patient, session.token_generation));
    session.created_at = session.updated_at = parts_.ports.clock.now();
    session.due_at = parts_.visits.due_at(session);
    return session;
}

CreatedSession Sessions::with_tokens(SessionRecord session, bool replayed) const {
    auto doctor = parts_.tokens.invitation(session.id, Role::doctor, session.token_generation);
    auto patient = parts_.tokens.invitation(session.id, Role::patient, session.token_generation);
    return {std::move(session), std::move(doctor), std::move(patient), replayed};
}

Result<std::optional<CreatedSession>> Sessions::replay(const std::string& key_hash, const SessionDraft& draft,
                                                       const CallContext& context) const {
    auto& ports = parts_.ports;
    const auto known = ports.records.idempotency(key_hash, ports.clock.now(), context);
    if (!known.ok()) return known.error();
    if (!*known) return std::optional<CreatedSession>{};
    if (!ports.secrets.equal((*known)->body_hash, parts_.tokens.hash(draft.request_digest)))
        return error(Errc::invalid, "idempotency_key_reused", "This Idempotency-Key came with another request before.");
    auto session = ports.records.session((*known)->session, context);
    if (!session.ok()) return session.error();
    if (!*session)
        return error(Errc::conflict, "session_erased", "What came of this Idempotency-Key has been erased since.");
    return std::optional(with_tokens(std::move(**session), true));
}

Result<CreatedSession> Sessions::create(const Identity& caller, const SessionDraft& draft,
                                        const CallContext& context) const {
    const bool may = caller.role == Role::doctor || caller.role == Role::admin;
    if (!may || caller.via != Credential::account) return wrong_role();
    if (draft.idempotency_key.size() > kLongestIdempotencyKey || !is_clean_text(draft.idempotency_key))
        return error(Errc::invalid, "bad_idempotency_key", "An Idempotency-Key has at most 255 plain characters.");
    auto session = draft_session(draft);
    if (!session.ok()) return session.error();
    if (caller.role == Role::doctor && draft.doctor_id != caller.user)
        return error(Errc::forbidden, "not_own_doctor_id", "A doctor creates consultations of their own only.");

    std::string key_hash;
    if (!draft.idempotency_key.empty()) {
        auto scope = "create\n" + caller.user.str();
        key_hash = parts_.tokens.hash(scope.append(1, '\0').append(draft.idempotency_key));
    }
    for (int attempt = 0; attempt < kCommitAttempts; ++attempt) {
        if (!key_hash.empty()) {
            auto before = replay(key_hash, draft, context);
            if (!before.ok()) return before.error();
            if (*before) return std::move(**before);
        }
        auto batch = parts_.commits.batch();
        batch.writes.emplace_back(VersionedWrite<SessionRecord>{*session, 0});
        if (!key_hash.empty())
            batch.writes.emplace_back(IdempotencyRecord{key_hash, parts_.tokens.hash(draft.request_digest), session->id,
                                                        batch.now + kIdempotencyKept});
        batch.events.push_back(Commits::event("session.created", batch.now, session->id));
        const auto committed = parts_.commits.commit(batch, context);
        if (!committed.ok()) return committed.error();
        if (!*committed) continue;
        session->version = 1;
        return with_tokens(std::move(*session), false);
    }
    return Commits::busy();
}

Result<SessionRecord> Sessions::get(const Identity& caller, const SessionId& id, const CallContext& context) const {
    auto seen = find(caller, id, context);
    if (!seen.ok()) return seen.error();
    return std::move(seen->session);
}

Result<SessionQuery> Sessions::query_of(const SessionFilter& filter) const {
    SessionQuery query;
    query.doctor_id = filter.doctor_id;
    query.patient_id = filter.patient_id;
    query.status = filter.status;
    query.limit = std::clamp<std::size_t>(filter.limit, 1, kMostListed);
    query.after = filter.after;
    for (const auto& [name, text, place] :
         {std::tuple("from", &filter.from, &query.from), std::tuple("to", &filter.to, &query.to)}) {
        if (text->empty()) continue;
        *place = parse_time(*text, parts_.zone);
        if (!*place)
            return error(Errc::invalid, "invalid_parameter",
                         std::string(name) + " must be a time like 2026-01-25T10:00:00Z.");
    }
    return query;
}

Result<std::vector<SessionRecord>> Sessions::list(const Identity& caller, const SessionFilter& filter,
                                                  const CallContext& context) const {
    if (caller.via != Credential::account)
        return error(Errc::forbidden, "account_required", "An invitation is for one consultation only.");
    auto read = query_of(filter);
    if (!read.ok()) return read.error();
    auto& query = *read;
    if (caller.role != Role::admin) {
        auto& own = caller.role == Role::doctor ? query.doctor_id : query.patient_id;
        const bool participant = caller.role == Role::doctor || caller.role == Role::patient;
        if (!participant || (!own.empty() && own != caller.user)) return std::vector<SessionRecord>{};
        own = caller.user;
    }
    return parts_.ports.records.sessions(query, context);
}

Result<SessionRecord> Sessions::patched(SessionRecord session, const SessionPatch& patch) const {
    Checks checks;
    std::optional<Instant> start = session.scheduled_start;
    std::optional<Instant> end = session.scheduled_end;
    if (patch.scheduled_start_time)
        start = check_time(checks, "/scheduled_start_time", *patch.scheduled_start_time, parts_.zone);
    if (patch.scheduled_end_time)
        end = check_time(checks, "/scheduled_end_time", *patch.scheduled_end_time, parts_.zone);
    check_order(checks, start, end);
    if (patch.max_participants) check_participants(checks, *patch.max_participants, parts_.settings.max_participants);
    if (patch.metadata) check_metadata(checks, *patch.metadata, parts_.settings.metadata_bytes);
    if (!checks.ok()) return std::move(checks).failure();
    session.scheduled_start = *start;
    session.scheduled_end = *end;
    if (patch.max_participants) session.max_participants = static_cast<std::int32_t>(*patch.max_participants);
    if (patch.metadata) session.metadata = *patch.metadata;
    session.due_at = parts_.visits.due_at(session);
    return session;
}

Result<SessionRecord> Sessions::reschedule(const Identity& caller, const SessionId& id, Version expected,
                                           const SessionPatch& patch, const CallContext& context) const {
    const auto stale = [] {
        return error(Errc::stale, "stale_version", "The consultation has been changed meanwhile.");
    };
    auto session = find_to_manage(caller, id, context);
    if (!session.ok()) return session.error();
    if (session->version != expected) return stale();
    if (session->status != SessionStatus::scheduled) return wrong_state();
    auto next = patched(std::move(*session), patch);
    if (!next.ok()) return next.error();
    auto batch = parts_.commits.batch();
    next->updated_at = batch.now;
    batch.writes.emplace_back(VersionedWrite<SessionRecord>{*next, expected});
    batch.events.push_back(Commits::event("session.rescheduled", batch.now, id));
    const auto committed = parts_.commits.commit(batch, context);
    if (!committed.ok()) return committed.error();
    if (!*committed) return stale();
    next->version = expected + 1;
    return std::move(*next);
}

}  // namespace televisit::consult
