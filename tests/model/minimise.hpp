#pragma once
/// Playing a history, and making one that deviates as short as it can be.

#include <string>
#include <vector>

#include "world.hpp"

namespace televisit::model {

/// What deviates when the steps at these places are played; empty when nothing does.
std::vector<std::string> deviations(const History& history, const std::vector<std::size_t>& places, Flaws flaws);

/// Drops steps, larger groups first, for as long as something still deviates.
std::vector<std::size_t> minimise(const History& history, std::vector<std::size_t> places, Flaws flaws);

}  // namespace televisit::model
