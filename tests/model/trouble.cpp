/// What goes wrong, and is mended.
#include "world.hpp"

namespace televisit::model {

void World::trouble(const Step& step) {
    auto* at = server(step.slot);
    const auto count = 1 + step.amount % 3;
    const auto code = step.amount % 2 == 0 ? Errc::unavailable : Errc::timeout;
    trouble_ |= step.kind > Kind::restart && step.kind != Kind::settle;
    switch (step.kind) {
        case Kind::kill:
            return kill(step.slot);
        case Kind::restart:
            if (step.slot < history_.setup.servers && (!at || at->slot != step.slot)) raise(step.slot);
            return;
        case Kind::jump:
            host_.manual_clock.jump_to(host_.manual_clock.now() + std::chrono::seconds{step.amount % 300});
            return look_at_clock();
        case Kind::jump_back:
            return host_.manual_clock.jump_to(host_.manual_clock.now() - std::chrono::seconds{step.amount % 300});
        case Kind::settle:
            return settle();
        case Kind::heal:
            return heal();
        case Kind::hold:
            held_ = true;
            return;
        case Kind::release:
            held_ = false;
            return;
        case Kind::lose:
            lost_silently_ = true;
            return bus_.lose(count);
        case Kind::deliver:
            for (auto& one : servers_)
                for (std::uint32_t i = 0; one->alive && i < count; ++i) one->link.deliver_one();
            if (step.amount % 3 == 0) bus_.repeat(step.amount % 5);
            return;
        default:
            break;
    }
    if (!at) return;
    switch (step.kind) {
        case Kind::presence_away:
            at->presence.faults.break_with(code);
            break;
        case Kind::presence_fails:
            at->presence.faults.fail_next(count, code);
            break;
        case Kind::presence_answers_lost:
            at->presence.faults.lose_answers(count);
            break;
        case Kind::records_away:
            at->records.faults.break_with(code);
            break;
        case Kind::records_fail:
            at->records.faults.fail_next(count, code);
            break;
        case Kind::record_answers_lost:
            at->records.faults.lose_answers(count);
            break;
        case Kind::link_down:
        case Kind::link_up:
            at->link.set_up(step.kind == Kind::link_up);
            break;
        case Kind::stall:
        case Kind::resume:
            at->stalled = step.kind == Kind::stall;
            break;
        default:
            break;
    }
}

void World::kill(std::size_t slot) {
    auto* at = server(slot);
    auto* other = server(kSlots - 1 - slot);
    if (!at || at->slot != slot) return;
    const auto now = host_.manual_clock.now();
    constexpr int kNoticed = 6;
    // In the calm somebody is left to notice, and nothing else is due meanwhile.
    if (calm() && (!other || other->slot == slot || closes_ - now < std::chrono::seconds{30})) return;
    at->kill();
    for (auto& [_, connection] : connections_)
        if (connection.server == &at->watch) connection.gone = true;
    if (!calm()) return;
    pass(kNoticed, false);
    oracle_->kill(slot, now, host_.manual_clock.now());
}

void World::heal() {
    held_ = false;
    bus_.lose_no_more();
    for (auto& one : servers_) {
        one->presence.faults.heal();
        one->records.faults.heal();
        one->stalled = false;
        one->link.set_up(true);
    }
    if (!server(0)) raise(0);
}

void World::happens_meanwhile(std::string_view function, std::size_t slot) {
    constexpr std::string_view kMoments[] = {"replace", "commit", "replace", "commit", "load", "session", "attendee"};
    if (!meanwhile_ || function != kMoments[meanwhile_->amount % std::size(kMoments)]) return;
    const auto step = *std::exchange(meanwhile_, std::nullopt);
    meddled_ = true;
    act(step, slot);
}

void World::perform(const Step& step) {
    if (step.kind == Kind::meanwhile) {
        keep_next_ = true;
        return;
    }
    const bool fault = step.kind >= Kind::presence_away && step.kind <= Kind::record_answers_lost;
    const bool can_wait = step.kind < Kind::wait || step.kind == Kind::deliver || fault;
    if (std::exchange(keep_next_, false) && can_wait) {
        meanwhile_ = step;
        return;
    }
    meddled_ = false;
    act(step);
    if (meanwhile_) act(*std::exchange(meanwhile_, std::nullopt));
}

}  // namespace televisit::model
