#include "record_plugin.hpp"

#include "loader/plugin_plan.hpp"
#include "televisit/sdk/records.hpp"

namespace televisit::ctl {

Result<RecordPlugin> load_record_plugin(const Configuration& configuration) {
    const loader::PluginPlan plan = loader::plan_plugins(configuration.tree);
    if (!plan.problems.empty()) return error(Errc::malformed, config::to_text(plan.problems));
    const auto* provider = plan.provider_of(RecordStore::kCapability);
    if (!provider) return error(Errc::invalid, "no plugin keeps records");
    auto library = loader::PluginLibrary::load(provider->file, provider->manifest);
    if (!library) return error(Errc::unavailable, library.error().message);
    return RecordPlugin{provider->use, provider->config, *std::move(library)};
}

int report_record_plugin(const Error& failure, std::string_view command, const Streams& streams) {
    // Diagnostics are lines of their own.
    if (failure.code == Errc::malformed)
        streams.error << failure.message;
    else
        streams.error << "televisitctl " << command << ": " << failure.message << '\n';
    return failure.code == Errc::unavailable ? kFailed : kBadConfiguration;
}

}  // namespace televisit::ctl
