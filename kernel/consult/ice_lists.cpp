#include "consult/ice_lists.hpp"

#include <algorithm>
#include <utility>

namespace televisit::consult {
namespace {

/// So often it is looked whether somebody whose list stays good is still there.
constexpr std::chrono::minutes kLook{5};
/// After a provider that did not answer.
constexpr std::chrono::seconds kRetry{5};
constexpr std::chrono::seconds kLeastTtl{60};

Counter& pushed(MetricRegistry& metrics, std::string reason) {
    return metrics.counter("televisit_ice_lists_pushed_total", "ICE servers pushed to people in rooms, by reason.",
                           {{"reason", std::move(reason)}});
}

}  // namespace

// Of those who have joined and not entered yet no more are remembered than there is room for.
IceLists::IceLists(const Ports& ports, const Settings& settings, const Rooms& rooms, Background& background)
    : ports_(ports),
      rooms_(rooms),
      background_(background),
      most_(settings.max_rooms * static_cast<std::size_t>(settings.max_participants)),
      refreshed_(pushed(ports.metrics, "refresh")),
      replaced_(pushed(ports.metrics, "server_lost")),
      entered_(pushed(ports.metrics, "entered")) {}

std::chrono::seconds IceLists::wanted_ttl(Instant closes_at) const {
    return std::max(std::chrono::ceil<std::chrono::seconds>(closes_at - ports_.clock.now()), kLeastTtl);
}

void IceLists::schedule(const AttendeeId& attendee, Holder& holder, Due due, SteadyTime at) {
    if (holder.place) queue_.erase(*holder.place);
    holder.due = due;
    holder.place = queue_.emplace(at, attendee);
}

void IceLists::schedule_next(const AttendeeId& attendee, Holder& holder, const IceServers& servers) {
    const bool expires = servers.refresh_after.count() > 0;
    schedule(attendee, holder, expires ? Due::refresh : Due::look,
             ports_.clock.steady_now() + (expires ? servers.refresh_after : kLook));
}

Result<IceServers> IceLists::ask(const IceRequest& request, const CallContext& context) {
    const auto losses_before = losses_.load();
    auto servers = ports_.ice->ice_servers(request, context);
    if (servers.ok()) given(request, *servers, losses_before);
    return servers;
}

void IceLists::given(const IceRequest& request, const IceServers& servers, std::uint64_t losses_before) {
    const auto& attendee = request.attendee;
    const std::lock_guard lock(mutex_);
    const auto known = holders_.find(attendee);
    if (known == holders_.end() && holders_.size() >= most_) return;
    auto& holder = known == holders_.end() ? holders_[attendee] : known->second;
    holder.address = request.client_address;
    holder.marks = servers.marks;
    holder.stale = false;
    schedule_next(attendee, holder, servers);
    // A server that was lost meanwhile may be in it.
    if (servers.marks == 0 || losses_.load() == losses_before) return;
    if (holder.room.empty())
        holder.stale = true;
    else
        schedule(attendee, holder, Due::lost, ports_.clock.steady_now());
}

void IceLists::entered(const RoomId& room, const AttendeeId& attendee, std::string_view address) {
    if (!ports_.ice) return;
    const std::lock_guard lock(mutex_);
    const auto [place, is_new] = holders_.try_emplace(attendee);
    auto& holder = place->second;
    holder.room = room;
    ++holder.entries;
    if (!is_new && !std::exchange(holder.stale, false)) return;
    holder.address = address;
    schedule(attendee, holder, is_new ? Due::unknown : Due::entered, ports_.clock.steady_now());
}

void IceLists::servers_lost(std::uint64_t marks) {
    const auto now = ports_.clock.steady_now();
    bool any = false;
    {
        const std::lock_guard lock(mutex_);
        ++losses_;
        for (auto& [attendee, holder] : holders_) {
            if ((holder.marks & marks) == 0) continue;
            if (holder.room.empty()) {
                holder.stale = true;
                continue;
            }
            schedule(attendee, holder, Due::lost, now);
            any = true;
        }
    }
    if (!any) return;
    const auto deadline = now + std::chrono::seconds{5};
    (void)background_.post([this, deadline] { tend({deadline, RequestId{"ice"}}); }).ok();  // or the next turn does it
}

std::optional<IceLists::Task> IceLists::take_due() {
    const std::lock_guard lock(mutex_);
    const auto now = ports_.clock.steady_now();
    if (queue_.empty() || queue_.begin()->first > now) return std::nullopt;
    const auto attendee = queue_.begin()->second;
    auto& holder = holders_.at(attendee);
    Task task{attendee, holder};
    schedule(attendee, holder, holder.due, now + kRetry);  // unless it is done by then
    return task;
}

void IceLists::forget(const Task& task) {
    const std::lock_guard lock(mutex_);
    const auto found = holders_.find(task.attendee);
    if (found == holders_.end() || found->second.entries != task.holder.entries) return;
    queue_.erase(*found->second.place);
    holders_.erase(found);
}

void IceLists::set_stale(const AttendeeId& attendee) {
    const std::lock_guard lock(mutex_);
    if (const auto found = holders_.find(attendee); found != holders_.end()) found->second.stale = true;
}

void IceLists::tend(const CallContext& context) {
    while (ports_.clock.steady_now() < context.deadline) {
        const auto task = take_due();
        if (!task) return;
        const auto room = rooms_.find(task->holder.room);
        if (!room || !room->seats(task->attendee))
            forget(*task);
        else
            push(*task, *room, context);
    }
}

void IceLists::push(const Task& task, Room& room, const CallContext& context) {
    const auto& [attendee, holder] = task;
    if (holder.due == Due::look) {
        const std::lock_guard lock(mutex_);
        const auto found = holders_.find(attendee);
        if (found != holders_.end() && found->second.due == Due::look)
            schedule(attendee, found->second, Due::look, ports_.clock.steady_now() + kLook);
        return;
    }
    const auto ttl = wanted_ttl(room.step.closes_at.load());
    const auto servers = ask({attendee, holder.address, ttl, IceOccasion::refresh}, context);
    if (!servers.ok())
        return ports_.logger.warning("ice servers not renewed",
                                     {{"session", room.session().view()}, {"reason", servers.error().name()}});
    const bool as_good = servers->refresh_after.count() == 0 && losses_.load() == 0;
    if (holder.due == Due::unknown && as_good) return;  // as that of the join
    set_stale(attendee);  // first: whoever enters on a new connection now is told there, or finds it stale
    room.tell_ice(attendee, *servers);
    const bool by_entering = holder.due == Due::unknown || holder.due == Due::entered;
    (holder.due == Due::lost ? replaced_ : by_entering ? entered_ : refreshed_).add();
}

}  // namespace televisit::consult
