/// Plays random histories of a visit against the model, and reports the first deviation, minimised.
///
///     test_model [--rounds N] [--seed N] [--keep 3,7,9] [--flaw NAME]\n       [--plain] [--survey] [--trace]
///
/// TELEVISIT_MODEL_ROUNDS and TELEVISIT_MODEL_SEED are the same in the environment. Exit status: 0 when nothing
/// deviates, 1 when something does, 2 for wrong arguments.
#include <algorithm>
#include <charconv>
#include <chrono>
#include <cstdlib>
#include <iostream>
#include <numeric>
#include <string_view>

#include "minimise.hpp"

namespace televisit::model {
namespace {

constexpr std::uint64_t kRounds = 3000;

struct Options {
    std::uint64_t first = 1;
    std::uint64_t rounds = kRounds;
    bool one = false;
    bool plain = false;   ///< without minimising
    bool survey = false;  ///< the first finding of every seed that has one
    std::optional<std::vector<std::size_t>> keep{};
    Flaws flaws{};
};

std::optional<std::uint64_t> number(std::string_view text) {
    std::uint64_t value = 0;
    const auto read = std::from_chars(text.data(), text.data() + text.size(), value);
    return read.ec == std::errc{} && read.ptr == text.data() + text.size() ? std::optional(value) : std::nullopt;
}

bool set_flaw(Flaws& flaws, std::string_view name) {
    if (name == "bus-silent")
        flaws.bus = BusFlaw::silent;
    else if (name == "bus-reordering")
        flaws.bus = BusFlaw::reordering;
    else if (name == "bus-undetected-repeats")
        flaws.bus = BusFlaw::undetected_repeats;
    else if (name == "presence-says-won")
        flaws.presence = PresenceFlaw::says_won;
    else if (name == "presence-loses-rooms")
        flaws.presence = PresenceFlaw::loses_rooms;
    else if (name == "presence-forgets-interruptions")
        flaws.presence = PresenceFlaw::forgets_interruptions;
    else
        return false;
    return true;
}

bool set_number(std::uint64_t& to, std::string_view text) {
    const auto value = number(text);
    if (value) to = *value;
    return value.has_value();
}

bool set_keep(Options& options, std::string_view text) {
    options.keep.emplace();
    while (!text.empty()) {
        const auto comma = text.find(',');
        const auto place = number(text.substr(0, comma));
        if (!place) return false;
        options.keep->push_back(static_cast<std::size_t>(*place));
        text = comma == std::string_view::npos ? std::string_view{} : text.substr(comma + 1);
    }
    return true;
}

bool set_seed(Options& options, std::string_view text) {
    options.one = true;
    return set_number(options.first, text);
}

std::optional<Options> read(int count, char** arguments) {
    Options options;
    if (const auto* rounds = std::getenv("TELEVISIT_MODEL_ROUNDS"); rounds && !set_number(options.rounds, rounds))
        return std::nullopt;
    if (const auto* seed = std::getenv("TELEVISIT_MODEL_SEED"); seed && !set_seed(options, seed)) return std::nullopt;
    for (int i = 1; i < count; ++i) {
        const std::string_view name = arguments[i];
        if (name == "--plain") {
            options.plain = true;
            continue;
        }
        if (name == "--survey") {
            options.survey = true;
            continue;
        }
        if (name == "--trace") {
            options.flaws.trace = options.plain = true;
            continue;
        }
        if (++i >= count) return std::nullopt;
        const std::string_view value = arguments[i];
        const bool good = name == "--rounds"  ? set_number(options.rounds, value)
                          : name == "--first" ? set_number(options.first, value)
                          : name == "--seed"  ? set_seed(options, value)
                          : name == "--keep"  ? set_keep(options, value)
                                              : name == "--flaw" && set_flaw(options.flaws, value);
        if (!good) return std::nullopt;
    }
    if (options.one) options.rounds = 1;
    return options;
}

void print(const History& history, const std::vector<std::size_t>& places) {
    const auto& setup = history.setup;
    std::cout << (history.calm ? "calm" : "storm") << ", seats " << setup.max_participants << ", grace "
              << setup.grace_s << " s, opens in " << setup.opens_in_s << " s, closes in " << setup.closes_in_s
              << " s, servers " << setup.servers << (setup.held_open ? ", opened by steps" : "") << '\n';
    for (const auto place : places) std::cout << "  " << place << ": " << text_of(history.steps[place]) << '\n';
}

std::vector<std::size_t> all_places(const History& history) {
    std::vector<std::size_t> places(history.steps.size());
    std::iota(places.begin(), places.end(), std::size_t{0});
    return places;
}

/// Whether the history shows no deviation.
bool round(const History& history, const Options& options) {
    auto places = options.keep.value_or(all_places(history));
    std::erase_if(places, [&](std::size_t place) { return place >= history.steps.size(); });
    auto found = deviations(history, places, options.flaws);
    if (found.empty()) return true;
    std::cout << "DEVIATION, seed " << history.seed << '\n';
    for (const auto& one : found) std::cout << "  " << one << '\n';
    if (options.plain) return false;
    const auto fewest = minimise(history, places, options.flaws);
    std::cout << "minimised to " << fewest.size() << " of " << places.size() << " steps: ";
    print(history, fewest);
    for (const auto& one : deviations(history, fewest, options.flaws)) std::cout << "  => " << one << '\n';
    std::cout << "replay: test_model --seed " << history.seed << " --keep ";
    for (std::size_t i = 0; i < fewest.size(); ++i) std::cout << (i ? "," : "") << fewest[i];
    std::cout << '\n';
    return false;
}

/// Whether the history shows no deviation; if it does, a line of it.
bool survey(const History& history, const Options& options) {
    const auto found = deviations(history, all_places(history), options.flaws);
    if (!found.empty())
        std::cout << history.seed << (history.calm ? " calm: " : " storm: ") << found.front() << std::endl;
    return found.empty();
}

int run(const Options& options) {
    const auto begin = std::chrono::steady_clock::now();
    std::uint64_t steps = 0;
    std::uint64_t deviating = 0;
    for (std::uint64_t i = 0; i < options.rounds; ++i) {
        const auto history = make_history(options.first + i);
        if (options.survey) {
            deviating += !survey(history, options);
            continue;
        }
        if (!round(history, options)) return EXIT_FAILURE;
        steps += history.steps.size();
    }
    if (options.survey) std::cout << deviating << " of " << options.rounds << " histories deviate\n";
    if (deviating) return EXIT_FAILURE;
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin;
    std::cout << options.rounds << " histories, " << steps << " steps, no deviation, " << took.count() << " s\n";
    return EXIT_SUCCESS;
}

}  // namespace
}  // namespace televisit::model

int main(int count, char** arguments) {
    const auto options = televisit::model::read(count, arguments);
    if (!options) {
        std::cerr << "usage: test_model [--rounds N] [--first SEED] [--seed N] [--keep 3,7,9] [--flaw NAME] [--plain] "
                     "[--trace]\n";
        return 2;
    }
    return televisit::model::run(*options);
}
