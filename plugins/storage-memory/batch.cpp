/// Conditional writes: every expectation is checked before anything changes.
#include <algorithm>
#include <type_traits>

#include "tables.hpp"

namespace televisit::storage_memory {
namespace {

bool is_over(SessionStatus status) noexcept {
    return status != SessionStatus::scheduled && status != SessionStatus::active;
}

template <class Index, class Key, class Owner>
bool taken(const Index& index, const Key& key, const Owner& owner) {
    const auto found = index.find(key);
    return found != index.end() && found->second != owner;
}

}  // namespace

/// Checks writes one after the other; the keys that earlier writes of the batch have claimed count as taken.
class Tables::BatchCheck {
  public:
    BatchCheck(const Tables& tables, Instant now) : tables_(tables), now_(now) {}

    bool holds(const VersionedWrite<SessionRecord>& write) {
        const auto& record = write.record;
        const auto* known = tables_.session(record.id);
        if (!expected(write, known) || !claim("s:" + record.id.str()) || !claim("r:" + record.room_id.str()))
            return false;
        if (taken(tables_.rooms_, record.room_id, record.id)) return false;
        new_sessions_.insert(record.id);
        return !taken(tables_.session_tokens_, record.doctor_token, record.id) &&
               !taken(tables_.session_tokens_, record.patient_token, record.id);
    }
    bool holds(const VersionedWrite<AttendeeRecord>& write) {
        const auto& record = write.record;
        const auto* known = tables_.attendee(record.session, record.user);
        if (!expected(write, known) || (known && known->id != record.id) || !session_exists(record.session))
            return false;
        if (!known && tables_.attendee_ids_.contains(record.id)) return false;
        return claim("a:" + record.id.str()) && claim("u:" + record.session.str() + '\0' + record.user.str()) &&
               !taken(tables_.attendee_tokens_, record.access_token, record.id);
    }
    bool holds(const VersionedWrite<InvitationRecord>& write) {
        const auto& record = write.record;
        const auto* known = tables_.invitation(record.id);
        return expected(write, known) && (!known || known->session == record.session) &&
               session_exists(record.session) && claim("i:" + record.id.str()) &&
               !taken(tables_.invitation_tokens_, record.token, record.id);
    }
    bool holds(const MetricsRecord& record) {
        return !tables_.metrics(record.session) && session_exists(record.session) && claim("m:" + record.session.str());
    }
    bool holds(const QualityRecord& record) { return session_exists(record.session); }
    bool holds(const IdempotencyRecord& record) {
        return !tables_.idempotency(record.key_hash, now_) && claim("k:" + record.key_hash);
    }
    bool holds(const SessionRemoval& removal) {
        return expected(removal, tables_.session(removal.session)) && claim("s:" + removal.session.str());
    }
    bool holds(const QualityRemoval&) { return true; }

  private:
    template <class Write, class Record>
    static bool expected(const Write& write, const Record* known) {
        return write.expected == (known ? known->version : 0);
    }
    bool claim(std::string key) { return claimed_.insert(std::move(key)).second; }
    bool session_exists(const SessionId& id) const { return tables_.session(id) || new_sessions_.contains(id); }

    const Tables& tables_;
    Instant now_;
    std::set<std::string> claimed_;
    std::set<SessionId> new_sessions_;
};

std::optional<std::size_t> Tables::first_refused(const RecordBatch& batch) const {
    BatchCheck check(*this, batch.now);
    for (std::size_t i = 0; i < batch.writes.size(); ++i)
        if (!std::visit([&](const auto& write) { return check.holds(write); }, batch.writes[i])) return i;
    return std::nullopt;
}

bool Tables::make_room(const RecordBatch& batch) {
    std::set<SessionId> touched;
    std::size_t wanted = 0;
    for (const auto& write : batch.writes)
        std::visit(
            [&](const auto& one) {
                if constexpr (requires { one.record.room_id; }) {
                    touched.insert(one.record.id);
                    if (!visits_.contains(one.record.id)) ++wanted;
                } else if constexpr (requires { one.record.session; })
                    touched.insert(one.record.session);
                else
                    touched.insert(one.session);
            },
            write);
    if (wanted > limits_.sessions) return false;
    while (visits_.size() + wanted > limits_.sessions) {
        const auto oldest = std::find_if(over_.begin(), over_.end(),
                                         [&](const auto& entry) { return !touched.contains(entry.second); });
        if (oldest == over_.end()) return false;
        const auto id = oldest->second;
        erase(id);
    }
    return true;
}

void Tables::apply(const RecordBatch& batch) {
    for (const auto& write : batch.writes) std::visit([this](const auto& one) { put(one); }, write);
    for (const auto& event : batch.events) {
        events_.push_back(event);
        events_.back().cursor = ++last_cursor_;
        if (events_.size() > limits_.events) events_.pop_front();
    }
    remember(batch.operation, batch.now);
}

void Tables::put(const VersionedWrite<SessionRecord>& write) {
    auto record = write.record;
    record.version = write.expected + 1;
    if (const auto found = visits_.find(record.id); found != visits_.end()) {
        const auto& old = found->second.session;
        rooms_.erase(old.room_id);
        session_tokens_.erase(old.doctor_token);
        session_tokens_.erase(old.patient_token);
        by_creation_.erase({old.created_at, old.id});
        if (old.due_at) by_due_.erase({*old.due_at, old.id});
        over_.erase({old.updated_at, old.id});
    }
    rooms_[record.room_id] = record.id;
    if (!record.doctor_token.empty()) session_tokens_[record.doctor_token] = record.id;
    if (!record.patient_token.empty()) session_tokens_[record.patient_token] = record.id;
    by_creation_.insert({record.created_at, record.id});
    if (record.due_at) by_due_.insert({*record.due_at, record.id});
    if (is_over(record.status)) over_.insert({record.updated_at, record.id});
    const auto id = record.id;
    visits_[id].session = std::move(record);
}

void Tables::put(const VersionedWrite<AttendeeRecord>& write) {
    auto record = write.record;
    record.version = write.expected + 1;
    if (const auto* old = attendee(record.session, record.user)) attendee_tokens_.erase(old->access_token);
    attendee_ids_[record.id] = {record.session, record.user};
    if (!record.access_token.empty()) attendee_tokens_[record.access_token] = record.id;
    auto& attendees = visits_.at(record.session).attendees;
    const auto user = record.user;
    attendees[user] = std::move(record);
}

void Tables::put(const VersionedWrite<InvitationRecord>& write) {
    auto record = write.record;
    record.version = write.expected + 1;
    if (const auto* old = invitation(record.id)) invitation_tokens_.erase(old->token);
    invitation_ids_[record.id] = record.session;
    if (!record.token.empty()) invitation_tokens_[record.token] = record.id;
    auto& invitations = visits_.at(record.session).invitations;
    const auto id = record.id;
    invitations[id] = std::move(record);
}

void Tables::put(const MetricsRecord& record) {
    visits_.at(record.session).metrics = record;
}

void Tables::put(const QualityRecord& record) {
    auto& samples = visits_.at(record.session).quality;
    samples.push_back(record);
    if (samples.size() > limits_.quality_per_session) samples.pop_front();
}

void Tables::put(const QualityRemoval& removal) {
    if (const auto found = visits_.find(removal.session); found != visits_.end()) found->second.quality.clear();
}

void Tables::put(const IdempotencyRecord& record) {
    idempotency_[record.key_hash] = record;
}

void Tables::remember(const OperationId& operation, Instant at) {
    if (operation.empty() || !operations_.emplace(operation, at).second) return;
    operation_order_.push_back(operation);
    if (operation_order_.size() <= limits_.operations) return;
    operations_.erase(operation_order_.front());
    operation_order_.pop_front();
}

}  // namespace televisit::storage_memory
