#include "consult/retention.hpp"

#include "consult/visits.hpp"

namespace televisit::consult {
namespace {

/// As many sessions a second are looked at after a start; `Domain` calls once a second.
constexpr std::size_t kAlignedAtOnce = 100;
constexpr int kAlignAttempts = 3;

std::string event_name(Removal what) {
    return what == Removal::session ? "session.erased" : "session." + std::string(to_string(what)) + "_removed";
}

bool keeps_everything(const RetentionTimes& times) {
    return !times.names && !times.metadata && !times.device_information && !times.closed_sessions;
}

}  // namespace

Retention::Retention(const Ports& ports, const Settings& settings)
    : ports_(ports), settings_(settings), commits_(ports), aligned_(keeps_everything(settings.retention)) {
    for (const auto what : {Removal::names, Removal::metadata, Removal::device_information, Removal::session})
        removals_[static_cast<std::size_t>(what)] = &ports.metrics.counter(
            "televisit_retention_removals_total", "What was removed of sessions, because its time was over.",
            {{"what", std::string(to_string(what))}});
}

std::optional<Instant> Retention::due_at(const SessionRecord& session) const {
    const auto next = next_removal(session, settings_.retention);
    return next ? std::optional(next->at) : std::nullopt;
}

void Retention::note(const SessionRecord& session, Removal what) const {
    removals_[static_cast<std::size_t>(what)]->add();
    ports_.logger.info("removed as configured", {{"session", session.id.view()}, {"what", to_string(what)}});
}

Result<void> Retention::run(SessionRecord session, const CallContext& context) const {
    while (const auto next = next_removal(session, settings_.retention)) {
        if (next->at > ports_.clock.now()) break;
        const auto removed =
            next->what == Removal::session ? erase(session, context) : remove(session, next->what, context);
        if (!removed.ok()) return removed.error();
        if (!*removed) return {};  // somebody else is at it
        note(session, next->what);
        if (next->what == Removal::session) return {};
    }
    // Nothing was due: the configuration says other times than when this was written.
    if (session.due_at == due_at(session)) return {};
    const auto written = write_due(session, context);
    return written.ok() ? Result<void>{} : Result<void>(written.error());
}

Result<bool> Retention::erase(const SessionRecord& session, const CallContext& context) const {
    auto batch = commits_.batch();
    batch.writes.emplace_back(SessionRemoval{session.id, session.version});
    batch.events.push_back(Commits::event(event_name(Removal::session), batch.now, session.id));
    return commits_.commit(batch, context);
}

Result<bool> Retention::remove(SessionRecord& session, Removal what, const CallContext& context) const {
    auto batch = commits_.batch();
    auto next = session;
    next.closed_at = ended_at(session);
    Result<void> added;
    if (what == Removal::names) {
        next.names_removed = true;
        added = add_names(batch, session.id, context);
    } else if (what == Removal::metadata) {
        next.metadata_removed = true;
        next.metadata.clear();
    } else {
        next.device_information_removed = true;
        added = add_device_information(batch, session.id, context);
    }
    if (!added) return added.error();
    next.due_at = due_at(next);
    next.updated_at = batch.now;
    batch.writes.emplace_back(VersionedWrite<SessionRecord>{next, session.version});
    batch.events.push_back(Commits::event(event_name(what), batch.now, session.id));
    auto committed = commits_.commit(batch, context);
    if (committed.ok() && *committed) {
        ++next.version;
        session = std::move(next);
    }
    return committed;
}

Result<void> Retention::add_names(RecordBatch& batch, const SessionId& id, const CallContext& context) const {
    auto attendees = ports_.records.attendees(id, context);
    if (!attendees.ok()) return attendees.error();
    for (auto& attendee : *attendees) {
        if (attendee.display_name.empty()) continue;
        attendee.display_name.clear();
        attendee.updated_at = batch.now;
        const auto expected = attendee.version;
        batch.writes.emplace_back(VersionedWrite<AttendeeRecord>{std::move(attendee), expected});
    }
    auto invitations = ports_.records.invitations(id, context);
    if (!invitations.ok()) return invitations.error();
    for (auto& invitation : *invitations) {
        if (invitation.display_name.empty()) continue;
        invitation.display_name.clear();
        const auto expected = invitation.version;
        batch.writes.emplace_back(VersionedWrite<InvitationRecord>{std::move(invitation), expected});
    }
    return {};
}

Result<void> Retention::add_device_information(RecordBatch& batch, const SessionId& id,
                                               const CallContext& context) const {
    auto attendees = ports_.records.attendees(id, context);
    if (!attendees.ok()) return attendees.error();
    for (auto& attendee : *attendees) {
        if (attendee.device_type.empty() && attendee.browser_info.empty()) continue;
        attendee.device_type.clear();
        attendee.browser_info.clear();
        attendee.updated_at = batch.now;
        const auto expected = attendee.version;
        batch.writes.emplace_back(VersionedWrite<AttendeeRecord>{std::move(attendee), expected});
    }
    batch.writes.emplace_back(QualityRemoval{id});
    return {};
}

Result<bool> Retention::write_due(SessionRecord& session, const CallContext& context) const {
    auto batch = commits_.batch();
    auto next = session;
    next.closed_at = ended_at(session);
    next.due_at = due_at(next);
    batch.writes.emplace_back(VersionedWrite<SessionRecord>{next, session.version});
    return commits_.commit(batch, context);
}

Result<void> Retention::align(const CallContext& context) {
    if (aligned_) return {};
    SessionQuery query;
    query.limit = kAlignedAtOnce;
    query.after = aligned_to_;
    auto page = ports_.records.sessions(query, context);
    if (!page.ok()) return page.error();
    for (auto& session : *page) {
        const auto position = std::pair(session.created_at, session.id);
        if (auto done = align(std::move(session), context); !done) return done;
        aligned_to_ = position;
    }
    if (page->size() == kAlignedAtOnce) return {};
    aligned_ = true;
    ports_.logger.info("retention of earlier sessions is as configured", {{"corrected", corrected_}});
    return {};
}

Result<void> Retention::align(SessionRecord session, const CallContext& context) {
    for (int attempt = 0; attempt < kAlignAttempts; ++attempt) {
        // One whose room is still to be closed gets its time with that.
        if (!is_over(session.status) || Visits::awaits_closing(session) || session.due_at == due_at(session)) return {};
        const auto written = write_due(session, context);
        if (!written.ok()) return written.error();
        if (*written) {
            ++corrected_;
            return {};
        }
        auto found = ports_.records.session(session.id, context);
        if (!found.ok()) return found.error();
        if (!*found) return {};
        session = std::move(**found);
    }
    return {};
}

}  // namespace televisit::consult
