#include "history.hpp"

#include <random>
#include <span>
#include <utility>

namespace televisit::model {
namespace {

struct Weighed {
    Kind kind;
    int weight;
};

constexpr Weighed kCalm[] = {
    {Kind::join, 3},   {Kind::come, 18}, {Kind::enter, 10}, {Kind::enter_old, 3}, {Kind::again, 4},
    {Kind::open, 6},   {Kind::leave, 8}, {Kind::drop, 10},  {Kind::vanish, 4},    {Kind::rest_leave, 4},
    {Kind::revoke, 1}, {Kind::kick, 2},  {Kind::end, 1},    {Kind::relay, 14},    {Kind::spoof, 2},
    {Kind::media, 4},  {Kind::wait, 16}, {Kind::cancel, 1}, {Kind::kill, 1},      {Kind::restart, 2},
};
constexpr Weighed kStorm[] = {
    {Kind::join, 3},
    {Kind::come, 22},
    {Kind::enter, 14},
    {Kind::enter_old, 2},
    {Kind::again, 4},
    {Kind::open, 6},
    {Kind::leave, 8},
    {Kind::drop, 12},
    {Kind::vanish, 4},
    {Kind::rest_leave, 4},
    {Kind::revoke, 1},
    {Kind::kick, 2},
    {Kind::end, 1},
    {Kind::relay, 14},
    {Kind::spoof, 1},
    {Kind::media, 4},
    {Kind::wait, 14},
    {Kind::cancel, 1},
    {Kind::kill, 2},
    {Kind::restart, 3},
    {Kind::jump, 1},
    {Kind::jump_back, 1},
    {Kind::settle, 14},
    {Kind::presence_away, 2},
    {Kind::presence_fails, 4},
    {Kind::presence_answers_lost, 4},
    {Kind::records_away, 2},
    {Kind::records_fail, 3},
    {Kind::record_answers_lost, 3},
    {Kind::heal, 6},
    {Kind::link_down, 2},
    {Kind::link_up, 4},
    {Kind::lose, 2},
    {Kind::hold, 3},
    {Kind::deliver, 6},
    {Kind::release, 4},
    {Kind::stall, 2},
    {Kind::resume, 4},
    {Kind::meanwhile, 7},
};

/// Servers out of reach, for longer than the grace, and more people than seats.
constexpr Weighed kOutages[] = {
    {Kind::stall, 12}, {Kind::presence_away, 4}, {Kind::wait, 40}, {Kind::come, 30}, {Kind::enter, 15},
    {Kind::resume, 3}, {Kind::rest_leave, 8},    {Kind::kick, 3},  {Kind::heal, 4},  {Kind::leave, 8},
};
/// Steps in the middle of others.
constexpr Weighed kOvertaking[] = {{Kind::meanwhile, 80}, {Kind::heal, 10}};
/// What comes in between then, and of what.
constexpr Weighed kInBetween[] = {
    {Kind::come, 10},        {Kind::enter, 5}, {Kind::join, 3},         {Kind::kick, 4},
    {Kind::revoke, 3},       {Kind::end, 1},   {Kind::leave, 3},        {Kind::rest_leave, 3},
    {Kind::records_fail, 2}, {Kind::drop, 2},  {Kind::records_away, 1},
};
constexpr Weighed kAround[] = {
    {Kind::come, 12}, {Kind::enter, 8}, {Kind::end, 2}, {Kind::rest_leave, 3}, {Kind::kick, 2}, {Kind::join, 2},
};
/// Messages that nobody gets, or too many.
constexpr Weighed kBadPost[] = {
    {Kind::hold, 8},   {Kind::deliver, 30}, {Kind::link_down, 14}, {Kind::kill, 14},
    {Kind::leave, 12}, {Kind::restart, 16}, {Kind::relay, 40},     {Kind::rest_leave, 12},
};

constexpr Weighed kUntold[] = {{Kind::rest_leave, 4}, {Kind::kick, 2}, {Kind::leave, 2}, {Kind::come, 2}};

constexpr std::size_t kAnybody[] = {0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 3, 4};
constexpr std::size_t kMostlyInvited[] = {0, 1, 2, 2, 2, 3, 3, 4, 4};

/// Storms have a bent each, that rare things come together.
struct Bent {
    std::span<const Weighed> more{};  ///< on top of the usual
    std::span<const std::size_t> people{kAnybody};
    bool tight = false;  ///< one seat for those who are invited, and long waits
    bool bad_post = false;
};
const Bent kBents[] = {{}, {kOutages, kMostlyInvited, true}, {kOvertaking}, {kBadPost, kAnybody, false, true}};

class Dice {
  public:
    explicit Dice(std::uint64_t seed) : engine_(seed * 0x9E3779B97F4A7C15U + 1) {}
    // Not a distribution of the library, whose results differ between implementations.
    std::uint32_t below(std::uint32_t count) { return static_cast<std::uint32_t>(engine_() % count); }
    int between(int low, int high) { return low + static_cast<int>(below(static_cast<std::uint32_t>(high - low + 1))); }
    Kind pick(std::span<const Weighed> table, std::span<const Weighed> more) {
        int total = 0;
        for (const auto& part : {table, more})
            for (const auto& one : part) total += one.weight;
        int left = between(0, total - 1);
        for (const auto& part : {table, more})
            for (const auto& one : part)
                if ((left -= one.weight) < 0) return one.kind;
        return table[0].kind;
    }

  private:
    std::mt19937_64 engine_;
};

Setup make_setup(Dice& dice) {
    Setup setup;
    setup.max_participants = dice.between(2, 5);
    const auto grace = dice.below(10);
    setup.grace_s = grace == 0 ? 0 : grace < 3 ? 5 : 15;
    setup.opens_in_s = dice.below(8) == 0 ? 20 : -60;
    setup.closes_in_s = dice.below(3) == 0 ? dice.between(240, 420) : 3600;
    setup.servers = dice.below(4) == 0 ? 1 : 2;
    setup.held_open = dice.below(4) == 0;
    return setup;
}

Step make_step(Dice& dice, Kind kind, const Bent& bent) {
    Step step;
    step.kind = kind;
    step.person = bent.people[dice.below(static_cast<std::uint32_t>(bent.people.size()))];
    step.slot = dice.below(kSlots);
    step.amount = dice.below(1000);
    if (bent.tight && step.kind == Kind::wait && dice.below(2) == 0) step.amount -= step.amount % 10;
    return step;
}

/// What makes something of a step that is nothing by itself.
std::vector<Step> sequel(Dice& dice, const Step& step, const Bent& bent) {
    std::vector<Step> steps;
    const auto add = [&](Kind kind) -> Step& { return steps.emplace_back(make_step(dice, kind, bent)); };
    if (step.kind == Kind::meanwhile) {
        add(dice.pick(kInBetween, {}));
        add(dice.pick(kAround, {}));
    }
    if (step.kind == Kind::link_down && bent.bad_post) {
        add(dice.pick(kUntold, {})).slot = step.slot;
        if (dice.below(2) == 0) add(Kind::kill).slot = step.slot;
    }
    if (step.kind == Kind::deliver && bent.bad_post)
        for (int i = 0; i < 3; ++i) add(Kind::relay);
    return steps;
}

constexpr const char* kNames[] = {"join",
                                  "come",
                                  "enter",
                                  "enter_old",
                                  "again",
                                  "open",
                                  "leave",
                                  "drop",
                                  "vanish",
                                  "rest_leave",
                                  "revoke",
                                  "kick",
                                  "end",
                                  "cancel",
                                  "relay",
                                  "spoof",
                                  "media",
                                  "wait",
                                  "kill",
                                  "restart",
                                  "jump",
                                  "jump_back",
                                  "settle",
                                  "presence_away",
                                  "presence_fails",
                                  "presence_answers_lost",
                                  "records_away",
                                  "records_fail",
                                  "record_answers_lost",
                                  "heal",
                                  "link_down",
                                  "link_up",
                                  "lose",
                                  "hold",
                                  "deliver",
                                  "release",
                                  "stall",
                                  "resume",
                                  "meanwhile"};

}  // namespace

History make_history(std::uint64_t seed) {
    Dice dice(seed);
    History history;
    history.seed = seed;
    history.calm = dice.below(5) < 2;
    history.setup = make_setup(dice);
    const auto& bent = kBents[history.calm ? 0 : dice.below(std::size(kBents))];
    if (bent.tight && dice.below(4) > 0) history.setup.max_participants = 3;
    const auto count = dice.between(10, history.calm ? 50 : 60);
    for (int i = 0; i < count; ++i) {
        const auto kind = history.calm ? dice.pick(kCalm, {}) : dice.pick(kStorm, bent.more);
        const auto& step = history.steps.emplace_back(make_step(dice, kind, bent));
        for (auto& next : sequel(dice, step, bent)) history.steps.push_back(next);
    }
    return history;
}

const char* name_of_person(std::size_t person) {
    constexpr const char* kPeopleNames[kPeople] = {"doctor", "patient", "interpreter", "guest", "observer"};
    return kPeopleNames[person];
}

std::string text_of(const Step& step) {
    return std::string(kNames[static_cast<std::size_t>(step.kind)]) + ' ' + name_of_person(step.person) + " server " +
           std::to_string(step.slot) + " amount " + std::to_string(step.amount);
}

}  // namespace televisit::model
