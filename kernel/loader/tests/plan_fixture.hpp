#pragma once
/// Configurations as texts.

#include "config/config.hpp"
#include "loader/plugin_plan.hpp"

namespace televisit::loader::testing {

/// The plan of a configuration whose plugins are those of the samples' folder; without the kernel's domain.
inline PluginPlan plan_of(const std::string& yaml, PlanOptions options = {.consultations = false}) {
    auto loaded = config::load_text("plugin_path: [" TELEVISIT_SAMPLE_FOLDER "]\n" + yaml, "test.yaml", {});
    auto kernel = config::validate_kernel(std::move(*loaded.root));
    if (!kernel.tree) {
        PluginPlan plan;
        plan.problems = kernel.problems;
        return plan;
    }
    return plan_plugins(*kernel.tree, options);
}

}  // namespace televisit::loader::testing
