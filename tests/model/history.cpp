#include "history.hpp"

#include <random>
#include <utility>

namespace televisit::model {
namespace {

struct Weighed {
    Kind kind;
    int weight;
};

constexpr Weighed kCalm[] = {
    {Kind::join, 3},   {Kind::come, 18},  {Kind::enter, 10}, {Kind::enter_old, 3}, {Kind::again, 4},
    {Kind::open, 6},   {Kind::leave, 8},  {Kind::drop, 10},  {Kind::vanish, 4},    {Kind::rest_leave, 4},
    {Kind::revoke, 1}, {Kind::end, 1},    {Kind::relay, 14}, {Kind::spoof, 2},     {Kind::media, 4},
    {Kind::wait, 16},  {Kind::cancel, 1}, {Kind::kill, 1},   {Kind::restart, 2},
};
constexpr Weighed kStorm[] = {
    {Kind::join, 3},          {Kind::come, 22},          {Kind::enter, 14},
    {Kind::enter_old, 2},     {Kind::again, 4},          {Kind::open, 6},
    {Kind::leave, 8},         {Kind::drop, 12},          {Kind::vanish, 4},
    {Kind::rest_leave, 4},    {Kind::revoke, 1},         {Kind::end, 1},
    {Kind::relay, 14},        {Kind::spoof, 1},          {Kind::media, 4},
    {Kind::wait, 14},         {Kind::cancel, 1},         {Kind::kill, 2},
    {Kind::restart, 3},       {Kind::jump, 1},           {Kind::settle, 14},
    {Kind::presence_away, 2}, {Kind::presence_fails, 4}, {Kind::presence_answers_lost, 4},
    {Kind::records_away, 2},  {Kind::records_fail, 3},   {Kind::record_answers_lost, 3},
    {Kind::heal, 6},          {Kind::link_down, 2},      {Kind::link_up, 4},
    {Kind::lose, 2},          {Kind::hold, 3},           {Kind::deliver, 6},
    {Kind::release, 4},       {Kind::stall, 2},          {Kind::resume, 4},
    {Kind::meanwhile, 7},
};

class Dice {
  public:
    explicit Dice(std::uint64_t seed) : engine_(seed * 0x9E3779B97F4A7C15U + 1) {}
    // Not a distribution of the library, whose results differ between implementations.
    std::uint32_t below(std::uint32_t count) { return static_cast<std::uint32_t>(engine_() % count); }
    int between(int low, int high) { return low + static_cast<int>(below(static_cast<std::uint32_t>(high - low + 1))); }
    template <std::size_t N>
    Kind pick(const Weighed (&table)[N]) {
        int total = 0;
        for (const auto& one : table) total += one.weight;
        int left = between(0, total - 1);
        for (const auto& one : table)
            if ((left -= one.weight) < 0) return one.kind;
        return table[0].kind;
    }

  private:
    std::mt19937_64 engine_;
};

std::size_t pick_person(Dice& dice) {
    constexpr std::size_t kPeopleByWeight[] = {0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 3, 4};
    return kPeopleByWeight[dice.below(12)];
}

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

constexpr const char* kNames[] = {"join",          "come",           "enter",
                                  "enter_old",     "again",          "open",
                                  "leave",         "drop",           "vanish",
                                  "rest_leave",    "revoke",         "end",
                                  "cancel",        "relay",          "spoof",
                                  "media",         "wait",           "kill",
                                  "restart",       "jump",           "settle",
                                  "presence_away", "presence_fails", "presence_answers_lost",
                                  "records_away",  "records_fail",   "record_answers_lost",
                                  "heal",          "link_down",      "link_up",
                                  "lose",          "hold",           "deliver",
                                  "release",       "stall",          "resume",
                                  "meanwhile"};

}  // namespace

History make_history(std::uint64_t seed) {
    Dice dice(seed);
    History history;
    history.seed = seed;
    history.calm = dice.below(5) < 2;
    history.setup = make_setup(dice);
    const auto count = dice.between(10, history.calm ? 50 : 60);
    for (int i = 0; i < count; ++i) {
        Step step;
        step.kind = history.calm ? dice.pick(kCalm) : dice.pick(kStorm);
        step.person = pick_person(dice);
        step.slot = dice.below(kSlots);
        step.amount = dice.below(1000);
        history.steps.push_back(step);
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
