#pragma once
/// Which plugins a configuration asks for, checked without running any of their code.

#include <chrono>
#include <cstddef>
#include <filesystem>
#include <string>
#include <vector>

#include "config/diagnostic.hpp"
#include "config/node.hpp"
#include "loader/manifest.hpp"

namespace televisit::loader {

/// One instance that will be loaded.
struct PlannedPlugin {
    std::string id{};
    std::string use{};
    std::filesystem::path file{};
    Manifest manifest{};
    std::vector<std::string> capabilities{};  ///< what it provides here: of the roles' only those it was given
    config::Node config{};                    ///< validated against its own schema
    std::size_t threads = 4;
    std::size_t queue = 256;
    std::chrono::milliseconds deadline{5'000};
    bool loop = false;
};

/// One that is listed, and that nothing refers to.
struct UnusedPlugin {
    std::string id;
    std::string use;
    std::string capabilities;  ///< what it could do, e.g. "televisit.records/1"
};

struct PluginPlan {
    std::vector<PlannedPlugin> plugins{};  ///< in the order of starting
    std::size_t before_consultations = 0;  ///< so many of them start before the kernel's own domain
    std::vector<UnusedPlugin> unused{};
    config::Diagnostics problems{};  ///< of all plugins together; without any, the plan can be carried out

    const PlannedPlugin* provider_of(std::string_view capability) const noexcept;
};

/// What the plan is made for.
struct PlanOptions {
    /// Whether the kernel's domain runs, so that the roles that it needs must be filled.
    bool consultations = true;
};

/// Finds the files, reads their notes, compares ABIs, chooses, checks every config against its schema, and puts in
/// order.
///
/// **Which plugins are loaded**: one that provides a role's capability (records, presence, backplane, authenticator,
/// ice, admission) is loaded when a role names it; every other one is loaded because it is listed: it serves routes,
/// events or another plugin. What is not loaded is in `unused`, and its `config` is not looked at.
///
/// `tree` is the kernel's validated tree. **Blocks**: for the disk. **Errors**: in `problems`, each at its place in the
/// file.
PluginPlan plan_plugins(const config::Node& tree, PlanOptions options = {});

}  // namespace televisit::loader
