#pragma once
/// Consultations as records: making, changing, ending and reading them, and what belongs to them.

#include "consult/access.hpp"
#include "consult/parts.hpp"
#include "televisit/sdk/consultations.hpp"

namespace televisit::consult {

class Sessions {
  public:
    explicit Sessions(Parts& parts) : parts_(parts) {}

    Result<CreatedSession> create(const Identity& caller, const SessionDraft& draft, const CallContext& context) const;
    Result<SessionRecord> get(const Identity& caller, const SessionId& id, const CallContext& context) const;
    Result<std::vector<SessionRecord>> list(const Identity& caller, const SessionFilter& filter,
                                            const CallContext& context) const;
    Result<SessionRecord> reschedule(const Identity& caller, const SessionId& id, Version expected,
                                     const SessionPatch& patch, const CallContext& context) const;
    Result<SessionRecord> cancel(const Identity& caller, const SessionId& id, const CallContext& context) const;
    Result<SessionRecord> end(const Identity& caller, const SessionId& id, const CallContext& context) const;
    /// The same, for whoever is known to be allowed to. **Errors**: `conflict` when it was over in another way.
    Result<SessionRecord> end(SessionRecord session, const CallContext& context) const;
    Result<void> leave(const Identity& caller, const SessionId& id, const CallContext& context) const;
    /// Removes a session that is over with everything that belongs to it; false when it has been changed meanwhile.
    /// **Errors**: `conflict` with `not_over`.
    Result<bool> erase(const SessionRecord& session, const CallContext& context) const;

    Result<CreatedInvitation> invite(const Identity& caller, const SessionId& id, const InvitationDraft& draft,
                                     const CallContext& context) const;
    Result<void> revoke(const Identity& caller, const SessionId& id, const InvitationId& invitation,
                        const CallContext& context) const;
    Result<std::vector<AttendeeRecord>> attendees(const Identity& caller, const SessionId& id,
                                                  const CallContext& context) const;
    Result<MetricsRecord> metrics(const Identity& caller, const SessionId& id, const CallContext& context) const;
    Result<void> add_quality(const Identity& caller, const SessionId& id, std::string sample,
                             const CallContext& context) const;

    /// Ends what the clock ends: windows that have closed, rooms that have been empty for long. Removes what is kept no
    /// longer.
    Result<void> run_due(const CallContext& context) const;

  private:
    struct Seen {
        SessionRecord session;
        Part part = Part::none;
    };
    Result<Seen> find(const Identity& caller, const SessionId& id, const CallContext& context) const;
    Result<SessionRecord> find_to_manage(const Identity& caller, const SessionId& id, const CallContext& context) const;
    Result<AttendeeRecord> own_attendee(const Identity& caller, const SessionId& id, const CallContext& context) const;

    Result<SessionQuery> query_of(const SessionFilter& filter) const;
    Result<SessionRecord> draft_session(const SessionDraft& draft) const;
    Result<std::optional<CreatedSession>> replay(const std::string& key_hash, const SessionDraft& draft,
                                                 const CallContext& context) const;
    CreatedSession with_tokens(SessionRecord session, bool replayed) const;
    Result<SessionRecord> patched(SessionRecord session, const SessionPatch& patch) const;
    Result<SessionRecord> finish(const SessionRecord& session, const Visits::Decide& decide,
                                 const std::vector<Stay>& present, const CallContext& context) const;
    SessionRecord close_room(SessionRecord session, const CallContext& context) const;
    Result<void> run_due(const SessionRecord& session, const CallContext& context) const;

    Parts& parts_;
};

}  // namespace televisit::consult
