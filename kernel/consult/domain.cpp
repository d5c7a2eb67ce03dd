#include "consult/domain.hpp"

#include <algorithm>

#include "consult/admission.hpp"
#include "consult/aftermath.hpp"
#include "consult/credentials.hpp"
#include "consult/parts.hpp"
#include "consult/sessions.hpp"

namespace televisit::consult {
namespace {

constexpr std::size_t kShortestSecret = 32;
constexpr std::chrono::milliseconds kTick{1'000};
constexpr std::chrono::hours kPruneEvery{1};
constexpr std::chrono::hours kOperationsKept{48};

Result<void> check(const Settings& settings) {
    if (settings.node.empty()) return error(Errc::invalid, "the node has no id");
    if (settings.secret.size() < kShortestSecret) return error(Errc::invalid, "security.secret has less than 32 bytes");
    return {};
}

}  // namespace

Domain::Domain(Ports ports, Settings settings) : parts_(std::make_shared<Parts>(ports, std::move(settings))) {
    parts_->rooms.live_in(parts_);
}

Domain::~Domain() = default;

Result<void> Domain::start(const CallContext& context) {
    auto& parts = *parts_;
    if (auto sound = check(parts.settings); !sound) return sound;
    auto zone = Zone::load(parts.settings.naive_time_zone);
    if (!zone.ok()) return zone.error();
    parts.zone = std::move(*zone);
    parts.ports.backplane.set_listener(&parts.rooms);
    if (auto leased = parts.rooms.keep_lease(context); !leased) return leased;

    // The tasks hold `Parts` by reference: `stop` waits for those under way, and later ones do nothing.
    const auto context_for_task = [&parts] {
        return CallContext{parts.ports.clock.steady_now() + parts.settings.step_deadline, RequestId{"timer"}};
    };
    const auto report = [&parts](std::string_view what, const Result<void>& outcome) {
        if (!outcome) parts.ports.logger.warning(what, {{"reason", outcome.error().name()}});
    };
    const auto beat = std::clamp(parts.settings.lease / 3, std::chrono::milliseconds{50}, kTick);
    std::pair<std::chrono::milliseconds, std::function<void()>> tasks[] = {
        {beat,
         [&parts, context_for_task, report] { report("lease not kept", parts.rooms.keep_lease(context_for_task())); }},
        {kTick, [&parts] { parts.rooms.tend(); }},
        {kTick, [&parts, context_for_task] { parts.ice.tend(context_for_task()); }},
        {kTick, [aftermath = std::make_shared<Aftermath>(parts), context_for_task,
                 report] { report("rooms of a former run not seen to", aftermath->settle(context_for_task())); }},
        {kTick,
         [&parts, context_for_task, report] {
             const auto made = Sessions(parts).run_due(context_for_task());
             parts.reach->note(Reach::Part::records, made);
             report("timed transitions not made", made);
         }},
        {kTick, [&parts, context_for_task,
                 report] { report("retention not brought in line", parts.retention.align(context_for_task())); }},
        {kPruneEvery, [&parts, context_for_task, report] {
             report("records not pruned",
                    parts.ports.records.prune(parts.ports.clock.now() - kOperationsKept, context_for_task()));
         }}};
    for (auto& [period, task] : tasks)
        if (auto going = parts.background.every(period, std::move(task)); !going) return going;
    if (parts.ports.ice) parts.ports.ice->set_listener(&parts.ice);
    return {};
}

void Domain::stop(const CallContext& context) {
    if (parts_->ports.ice) parts_->ports.ice->set_listener(nullptr);
    parts_->background.stop(context.deadline);
    parts_->rooms.shut_down(context);
    parts_->ports.backplane.set_listener(nullptr);
}

std::shared_ptr<const Reach> Domain::reach() const {
    return parts_->reach;
}

Result<Identity> Domain::identify(const PresentedCredential& credential, const CallContext& context) {
    return Credentials(*parts_).identify(credential, context);
}

Result<CreatedSession> Domain::create(const Identity& caller, const SessionDraft& draft, const CallContext& context) {
    return Sessions(*parts_).create(caller, draft, context);
}

Result<SessionRecord> Domain::get(const Identity& caller, const SessionId& id, const CallContext& context) {
    return Sessions(*parts_).get(caller, id, context);
}

Result<std::vector<SessionRecord>> Domain::list(const Identity& caller, const SessionFilter& filter,
                                                const CallContext& context) {
    return Sessions(*parts_).list(caller, filter, context);
}

Result<SessionRecord> Domain::reschedule(const Identity& caller, const SessionId& id, Version expected,
                                         const SessionPatch& patch, const CallContext& context) {
    return Sessions(*parts_).reschedule(caller, id, expected, patch, context);
}

Result<SessionRecord> Domain::cancel(const Identity& caller, const SessionId& id, const CallContext& context) {
    return Sessions(*parts_).cancel(caller, id, context);
}

Result<JoinGrant> Domain::join(const Identity& caller, const JoinRequest& request, const CallContext& context) {
    return Admissions(*parts_).join(caller, request, context);
}

Result<void> Domain::leave(const Identity& caller, const SessionId& id, const CallContext& context) {
    return Sessions(*parts_).leave(caller, id, context);
}

Result<SessionRecord> Domain::end(const Identity& caller, const SessionId& id, const CallContext& context) {
    return Sessions(*parts_).end(caller, id, context);
}

Result<IceServers> Domain::ice_servers(const Identity& caller, const SessionId& id, const std::string& client_address,
                                       const CallContext& context) {
    return Admissions(*parts_).ice_servers(caller, id, client_address, context);
}

Result<CreatedInvitation> Domain::invite(const Identity& caller, const SessionId& id, const InvitationDraft& draft,
                                         const CallContext& context) {
    return Sessions(*parts_).invite(caller, id, draft, context);
}

Result<void> Domain::revoke(const Identity& caller, const SessionId& id, const InvitationId& invitation,
                            const CallContext& context) {
    return Sessions(*parts_).revoke(caller, id, invitation, context);
}

Result<std::vector<AttendeeRecord>> Domain::attendees(const Identity& caller, const SessionId& id,
                                                      const CallContext& context) {
    return Sessions(*parts_).attendees(caller, id, context);
}

Result<MetricsRecord> Domain::metrics(const Identity& caller, const SessionId& id, const CallContext& context) {
    return Sessions(*parts_).metrics(caller, id, context);
}

Result<void> Domain::add_quality(const Identity& caller, const SessionId& id, std::string sample,
                                 const CallContext& context) {
    return Sessions(*parts_).add_quality(caller, id, std::move(sample), context);
}

Result<Entered> Domain::enter(const EnterRequest& request, const CallContext& context) {
    return Admissions(*parts_).enter(request, context);
}

std::chrono::milliseconds Domain::grace() const {
    return parts_->settings.grace;
}

Result<void> Domain::attach(RoomListener& listener) {
    return parts_->rooms.attach(listener);
}

void Domain::detach(RoomListener& listener) {
    parts_->rooms.detach(listener);
}

}  // namespace televisit::consult
