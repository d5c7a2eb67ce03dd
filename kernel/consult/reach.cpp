#include "consult/reach.hpp"

namespace televisit::consult {
namespace {

constexpr const char* kNames[] = {"records", "presence", "backplane"};

}  // namespace

Reach::Reach(MetricRegistry& metrics, Logger& logger) : logger_(logger) {
    for (std::size_t i = 0; i < kParts; ++i) {
        there_[i] = true;
        gauges_[i] = &metrics.gauge("televisit_degraded", "Whether the server works without this, which is away.",
                                    {{"part", kNames[i]}});
        gauges_[i]->set(0);
    }
}

void Reach::note(Part part, bool there) {
    const auto i = static_cast<std::size_t>(part);
    if (there_[i].exchange(there) == there) return;
    gauges_[i]->set(there ? 0 : 1);
    if (there)
        logger_.info("there again", {{"part", kNames[i]}});
    else
        logger_.warning("degraded", {{"part", kNames[i]}});
}

void Reach::note(Part part, const Result<void>& outcome) {
    const auto is_answer = [](Errc code) {
        return code != Errc::unavailable && code != Errc::timeout && code != Errc::internal;
    };
    note(part, outcome || is_answer(outcome.error().code));
}

std::vector<std::string> Reach::away() const {
    std::vector<std::string> names;
    for (std::size_t i = 0; i < kParts; ++i)
        if (!there_[i]) names.emplace_back(kNames[i]);
    return names;
}

}  // namespace televisit::consult
